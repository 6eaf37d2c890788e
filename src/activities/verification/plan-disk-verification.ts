import { openDisk } from '../../vault/restore/disk-image';
import { planReading } from '../../vault/restore/plan-restore';
import { registerActivity } from '../register-activity';

registerActivity('planDiskVerification', async ({ pointId, diskId }, { vault }) =>
  planReading(await openDisk(vault, pointId, diskId)),
);
