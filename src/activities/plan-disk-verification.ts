import { openDiskImage } from '../vault/restore/disk-image';
import { planRestore } from '../vault/restore/plan-restore';
import { registerActivity } from './register-activity';

registerActivity('planDiskVerification', async ({ pointId, diskId }, { vault }) =>
  planRestore(await openDiskImage(vault, pointId, diskId)),
);
