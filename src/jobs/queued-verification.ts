import type { RecoveryPoint } from '../vault/format/manifest';
import type { Job } from './job';

/** The record of a verification that is about to start. */
export const queuedVerification = (
  id: string,
  { pointId, vmKey, vm }: Pick<RecoveryPoint, 'pointId' | 'vmKey' | 'vm'>,
  trigger: Job['trigger'],
  createdAt: string,
): Job => ({
  id,
  kind: 'verification',
  vm: vmKey,
  vmName: String(vm.name ?? vmKey),
  state: 'Queued',
  trigger,
  createdAt,
  disks: [],
  warnings: [],
  recoveryPoint: pointId,
});
