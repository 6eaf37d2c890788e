import { inspectReplaceable, planReplacement } from '../backup/replacement';
import { readPoint } from '../vault/points';
import { registerActivity } from './register-activity';

registerActivity('planReplacement', async ({ pointId, to, disks }, { compute, vault }) => {
  const point = await readPoint(vault, pointId);
  return planReplacement(point, await inspectReplaceable(compute, point, to), disks);
});
