import type { DiscoveredVm } from '../compute/discover';
import { nextDue } from '../policies/schedule';
import type { RecoveryPoint } from '../vault/format/manifest';
import type { DatedPolicy } from './due';
import { POLICY_TAG } from './find-due-backups';
import type { ProtectedVm } from './protected-vm';

/** A VM as the API lists it. */
export interface VmDescription {
  key: string;
  name: string;
  resourceGroup: string;
  subscriptionId: string;
  location: string;
  os: string;
  powerState: string;
  disks: { diskId: string; lun: number; name: string; sizeBytes?: number }[];
  /** The policy that protects the VM; absent when nothing does. */
  policy?: string;
  lastRecoveryPoint?: { id: string; time: string };
  nextRun?: string;
  runningJob?: string;
}

export function describeVm(
  vm: DiscoveredVm,
  known: ProtectedVm | undefined,
  policies: ReadonlyMap<string, DatedPolicy>,
  newest: RecoveryPoint | undefined,
  now: string,
): VmDescription {
  const policyName = vm.tags[POLICY_TAG] ?? known?.policy;
  const policy = policyName === undefined ? undefined : policies.get(policyName)?.policy;
  return {
    key: vm.key,
    name: vm.ref.name,
    resourceGroup: vm.ref.resourceGroup,
    subscriptionId: vm.ref.subscriptionId,
    location: vm.location,
    os: vm.os,
    powerState: vm.powerState,
    disks: vm.disks,
    policy: policyName,
    lastRecoveryPoint: newest && { id: newest.pointId, time: newest.snapshotTime },
    nextRun: policy && nextDue(policy.schedule, now),
    runningJob: known?.running?.jobId,
  };
}
