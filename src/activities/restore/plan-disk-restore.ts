import { openDiskImage } from '../../vault/restore/disk-image';
import { planRestore } from '../../vault/restore/plan-restore';
import { registerActivity } from '../register-activity';

registerActivity('planDiskRestore', async ({ pointId, diskId }, { vault }) => {
  const image = await openDiskImage(vault, pointId, diskId);
  return planRestore(image);
});
