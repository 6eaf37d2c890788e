import { completeDisk } from '../../vault/transfer/complete-disk';
import { registerActivity } from '../register-activity';

registerActivity('completeDiskTransfer', async ({ jobId, diskId }, { vault }) =>
  completeDisk(vault, { runId: jobId, diskId }),
);
