import { restoreOrders } from '../backup/restore-orders';
import { readPoint } from '../vault/points';
import { registerActivity } from './register-activity';

registerActivity('prepareRestore', async (request, { vault, settings }) => {
  const point = await readPoint(vault, request.pointId);
  const resourceGroup = request.resourceGroup ?? settings.restoreResourceGroup;
  return { disks: restoreOrders(point, request.jobId, resourceGroup) };
});
