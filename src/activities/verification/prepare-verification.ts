import { readPoint } from '../../vault/points';
import { registerActivity } from '../register-activity';

registerActivity('prepareVerification', async ({ jobId, pointId }, { vault }) => {
  const point = await readPoint(vault, pointId);
  return {
    disks: point.disks.map(({ diskId, name, sizeBytes }) => ({ jobId, pointId, diskId, name, sizeBytes })),
  };
});
