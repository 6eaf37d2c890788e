import { recordVerification } from '../../vault/verify';
import { registerActivity } from '../register-activity';

registerActivity('recordVerification', async ({ jobId, pointId, disks }, { vault }) => {
  await recordVerification(vault, { pointId, runId: jobId, share: 1, disks });
  return {};
});
