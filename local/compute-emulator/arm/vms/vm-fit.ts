import type { Cloud } from '../../cloud/cloud';
import { keyOf } from '../../cloud/ids';
import { object } from '../../cloud/json';
import type { Disk, Vm } from '../../cloud/model';
import { ArmError } from '../rest/arm-error';
import { sizeOf } from './vm-sizes';

/**
 * Whether a VM can be made of these disks: what an OS disk was made for has to fit the size, and fast disks
 * have to be allowed.
 * @throws ArmError
 */
export function refuseMisfit(cloud: Cloud, vm: Vm): void {
  for (const { diskId, lun, caching, writeAcceleratorEnabled } of vm.disks) {
    const disk = cloud.store.get('disks', keyOf(diskId));
    if (disk === undefined) continue;
    const why =
      lun === -1 ? osDiskMisfit(vm, disk) : dataDiskMisfit(vm, disk, caching, writeAcceleratorEnabled);
    if (why === undefined) continue;
    throw new ArmError(
      400,
      'InvalidParameter',
      `Disk '${disk.name}' cannot be attached to VM '${vm.name}': ${why}.`,
    );
  }
}

function osDiskMisfit(vm: Vm, { properties }: Disk): string | undefined {
  const { architecture, diskControllers } = sizeOf(vm.vmSize);
  const { architecture: needed = 'x64', diskControllerTypes } = object(properties.supportedCapabilities);
  if (needed !== architecture) {
    return `the size ${vm.vmSize} is of architecture ${architecture}, the disk of ${String(needed)}`;
  }
  const asked = vm.diskControllerType ?? diskControllers[0];
  if (!diskControllers.some((one) => one === asked)) {
    return `the size ${vm.vmSize} has no disk controller ${asked}`;
  }
  const bootable = String(diskControllerTypes ?? 'SCSI')
    .split(',')
    .map((type) => type.trim());
  if (!bootable.includes(asked ?? '')) return `the disk does not support the disk controller ${asked}`;
  return securityMisfit(vm, object(properties.securityProfile).securityType);
}

/**
 * A disk with a guest state boots in a VM of its security type only, and no such VM boots from a plain disk.
 */
function securityMisfit(vm: Vm, ofDisk: unknown): string | undefined {
  const ofVm = String(object(vm.properties.securityProfile).securityType ?? 'Standard');
  const disk = String(ofDisk ?? 'Standard').replace(/^ConfidentialVM.*/, 'ConfidentialVM');
  return disk === ofVm ? undefined : `the VM is of security type ${ofVm}, the disk of ${disk}`;
}

function dataDiskMisfit(vm: Vm, { sku }: Disk, caching: string, isAccelerated: boolean): string | undefined {
  const isFast = sku === 'UltraSSD_LRS' || sku === 'PremiumV2_LRS';
  if (isFast && caching !== 'None') return `disks of type ${sku} have no host caching`;
  if (isAccelerated && !sku.startsWith('Premium_')) return `disks of type ${sku} have no write accelerator`;
  const isAllowed = object(vm.properties.additionalCapabilities).ultraSSDEnabled === true;
  return sku === 'UltraSSD_LRS' && !isAllowed ? 'ultraSSDEnabled of the VM is not set' : undefined;
}
