import { readCapturedVm } from '../backup/captured-vm';
import { pointDraft } from '../backup/point-draft';
import { commitPoint } from '../vault/points';
import { registerActivity } from './register-activity';

registerActivity('commitRecoveryPoint', async (order, { store, vault }) => {
  const configuration = await readCapturedVm(store, order.request.jobId);
  const point = await commitPoint(vault, pointDraft(order, configuration));
  return { pointId: point.pointId };
});
