import { inspectReplaceable, planReplacement } from '../../restore/replacement';
import { keepReplacement, readRestoredDisks } from '../../restore/restore-documents';
import { readPointInUse } from '../../vault/points';
import { registerActivity } from '../register-activity';

registerActivity('planReplacement', async ({ jobId, pointId, to }, { compute, store, vault }) => {
  const point = await readPointInUse(vault, pointId);
  const present = await inspectReplaceable(compute, point, to);
  const planned = planReplacement(point, present, await readRestoredDisks(store, jobId));
  const { vm, running } = await keepReplacement(store, jobId, planned);
  return { vm, running };
});
