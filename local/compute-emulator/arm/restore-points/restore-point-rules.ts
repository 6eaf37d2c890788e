import type { Cloud } from '../../cloud/cloud';
import { keyOf } from '../../cloud/ids';
import type { Disk, Vm } from '../../cloud/model';
import { ArmError } from '../rest/arm-error';

const HOUR_MS = 60 * 60 * 1000;
const POINTS_PER_HOUR = 3;

/**
 * Whether a restore point may be created now: not beside another one, within rate and number, and only of
 * disks that restore points support.
 * @throws ArmError
 */
export function assertMayCreate(
  cloud: Cloud,
  vm: Vm,
  excluded: ReadonlySet<string>,
  crashConsistent: boolean,
): void {
  const points = cloud.store.list('restorePoints').filter((point) => keyOf(point.vmId) === keyOf(vm.id));
  if (points.some((point) => point.provisioningState === 'Creating')) {
    const message =
      "Restore Point creation failed due to a concurrent 'Create RestorePoint' operation " +
      'triggered on the VM.';
    throw new ArmError(409, 'VMRestorePointClientError', message);
  }
  if (points.length >= cloud.settings.restorePointsPerVm) {
    throw new ArmError(
      409,
      'VMRestorePointClientError',
      'The maximum number of restore points of the virtual machine is reached.',
    );
  }
  if (cloud.settings.restorePointRateLimit) {
    assertRate(cloud, creationTimes(cloud, creationOf(vm, crashConsistent)));
  }
  for (const { diskId, writeAcceleratorEnabled, ephemeral } of vm.disks) {
    const disk = cloud.store.get('disks', keyOf(diskId));
    if (disk === undefined || excluded.has(keyOf(diskId))) continue;
    const problem = ephemeral
      ? 'is an ephemeral OS disk'
      : unsupported(disk, crashConsistent, writeAcceleratorEnabled);
    if (problem === undefined) continue;
    throw new ArmError(
      409,
      'VMRestorePointClientError',
      `Restore Point creation failed: disk ${disk.name} ${problem}. Exclude it and try again.`,
    );
  }
}

/**
 * What an operation remembers of the restore point it creates: the rate counts
 * those that are deleted by now, too.
 */
export function creationOf(vm: Vm, crashConsistent: boolean): { vmKey: string; crashConsistent: boolean } {
  return { vmKey: keyOf(vm.id), crashConsistent };
}

function creationTimes({ store }: Cloud, wanted: ReturnType<typeof creationOf>): number[] {
  return [...store.list('endedOperations'), ...store.list('operations')]
    .filter(({ kind, args }) => {
      const isSame = args?.vmKey === wanted.vmKey && args.crashConsistent === wanted.crashConsistent;
      return kind === 'restorePoints.create' && isSame;
    })
    .map(({ startTime }) => Date.parse(startTime));
}

function assertRate(cloud: Cloud, times: readonly number[]): void {
  const now = cloud.now().getTime();
  const recent = times.filter((time) => now - time < HOUR_MS).sort((a, b) => a - b);
  const oldest = recent.at(-POINTS_PER_HOUR);
  if (oldest === undefined) return;
  const seconds = Math.ceil((oldest + HOUR_MS - now) / 1000);
  const message =
    `No more than ${POINTS_PER_HOUR} restore points of one consistency mode can be created in an hour ` +
    'for a virtual machine.';
  throw new ArmError(429, 'TooManyRequests', message, { 'Retry-After': String(seconds) });
}

function unsupported(disk: Disk, crashConsistent: boolean, isAccelerated: boolean): string | undefined {
  if (Number(disk.properties.maxShares ?? 1) > 1) return 'is a shared disk, which is not supported';
  if (!crashConsistent) return undefined;
  if (disk.sku === 'UltraSSD_LRS' || disk.sku === 'PremiumV2_LRS') {
    return `is of type ${disk.sku}, which crash-consistent restore points do not support`;
  }
  return isAccelerated
    ? 'has write accelerator, which crash-consistent restore points do not support'
    : undefined;
}
