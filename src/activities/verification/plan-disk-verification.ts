import { openDiskImage } from '../../vault/restore/disk-image';
import { planVerification } from '../../vault/verify';
import { registerActivity } from '../register-activity';

registerActivity('planDiskVerification', async ({ pointId, diskId }, { vault }) =>
  planVerification(await openDiskImage(vault, pointId, diskId)),
);
