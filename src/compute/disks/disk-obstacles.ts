import type { Disk } from '@azure/arm-compute';
import { CATALOGUE, type FailureCode } from '../../failures/catalogue';

/** Why a disk cannot be backed up, known before anything is snapshotted. */
export interface Obstacle {
  code: FailureCode;
  title: string;
  remedy: string;
}

/** The obstacle of a catalogued cause. */
export const obstacle = (code: FailureCode): Obstacle => {
  const { title, remedy } = CATALOGUE[code];
  return { code, title, remedy };
};

/**
 * What stands in the way of backing up a disk; undefined when nothing does. Only that is here about which
 * asking Azure costs something, and whose answer never changes while the disk is as it is; everything else is
 * tried, and Azure's refusal taken as the answer. Of a shared disk a request that is refused counts among the
 * few restore points an hour that a VM may have, and a policy that skips would ask in vain with every backup.
 * The others Azure takes into a snapshot gladly, after the guest was frozen for it: that they cannot be read
 * through a link, or are no use without keys that lie elsewhere, shows when the snapshot is there and paid
 * for. Sources: "Support matrix for VM restore points" and "Support matrix for Azure VM backup".
 */
export function diskObstacle(disk: Disk): Obstacle | undefined {
  if ((disk.maxShares ?? 1) > 1) return obstacle('DiskIsShared');
  if (disk.creationData?.logicalSectorSize === 4096) return obstacle('DiskHas4KSectors');
  if (disk.encryptionSettingsCollection?.enabled) return obstacle('DiskIsEncryptedInGuest');
  if (disk.dataAccessAuthMode === 'AzureActiveDirectory') return obstacle('DiskNeedsEntraLogin');
  if (disk.networkAccessPolicy === 'DenyAll') return obstacle('DiskAccessDenied');
  // With a private link, public access is switched off on purpose and the app reads through its disk access
  // resource.
  if (disk.publicNetworkAccess === 'Disabled' && disk.networkAccessPolicy !== 'AllowPrivate') {
    return obstacle('DiskAccessDenied');
  }
  return undefined;
}
