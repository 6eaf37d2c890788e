import { z } from 'zod';
import { resourceKey } from '../compute/arm/resource-id';
import type { DiscoveredVm } from '../compute/vms/discover';
import { nextDue } from '../policies/schedule';
import type { DatedPolicy } from '../protection/due';
import type { KnownVm } from '../protection/known-vm';
import { policyOfTag, problemOfTag } from '../protection/policy-tag';
import type { ProtectedVm } from '../protection/protected-vm';
import { unfinishedRestoreOf } from '../protection/unfinished-restores';
import type { NewestPoint } from '../vault/points';
import { RefusedPointDescription } from './describe-point';

/** A VM as the API lists it. */
export const VmDescription = z.strictObject({
  key: z.string(),
  name: z.string(),
  resourceGroup: z.string(),
  subscriptionId: z.string(),
  /** Absent for a VM that is gone. */
  location: z.string().optional(),
  os: z.enum(['Windows', 'Linux']),
  powerState: z.string(),
  disks: z.array(
    z.strictObject({
      diskId: z.string(),
      lun: z.number(),
      name: z.string(),
      /** True bytes as far as Azure tells them; otherwise rounded up to GiB. */
      sizeBytes: z.number().optional(),
    }),
  ),
  /** The policy that the VM names by its tag or through the API. */
  policy: z.string().optional(),
  protection: z.enum(['protected', 'stopped', 'none']).meta({
    description: '`protected` only where the policy that the VM names is there; otherwise `problem` says so.',
  }),
  protectedBy: z.enum(['tag', 'api']).optional(),
  /** True for a VM that is not in Azure any more; its points stay. */
  orphaned: z.boolean(),
  /** The restore in place that has left the VM with disks of two times, or without some. */
  unfinishedRestore: z.string().optional(),
  /** What keeps the VM from being backed up although somebody wants it. */
  problem: z.string().optional(),
  lastRecoveryPoint: z.strictObject({ id: z.string(), time: z.string() }).optional(),
  /** Points newer than the last one that cannot be read, newest first; absent when there are none. */
  refusedPoints: z.array(RefusedPointDescription).optional(),
  nextRun: z.string().optional(),
  runningJob: z.string().optional(),
});
export type VmDescription = z.output<typeof VmDescription>;

export function describeVm(
  { key, vm, record, unreadable }: KnownVm,
  policies: ReadonlyMap<string, DatedPolicy>,
  newest: NewestPoint | undefined,
  sizes: ReadonlyMap<string, number>,
  now: string,
): VmDescription {
  const { policyName, protectedBy } = protectionOf(vm, record);
  const policy = policyName === undefined ? undefined : policies.get(policyName)?.policy;
  const orphaned = vm === undefined && (unreadable === undefined || record?.orphanedSince !== undefined);
  const unfinishedRestore = record && !record.running ? unfinishedRestoreOf(record) : undefined;
  const { name = key, resourceGroup = '', subscriptionId = '' } = vm?.ref ?? record?.ref ?? {};
  return {
    key,
    name,
    resourceGroup,
    subscriptionId,
    location: vm?.location,
    os: vm?.os ?? record?.os ?? 'Linux',
    powerState: vm?.powerState ?? (orphaned ? 'deleted' : 'unknown'),
    disks: (vm?.disks ?? []).map(({ resourceId = '', sizeBytes, ...disk }) => ({
      ...disk,
      sizeBytes: sizes.get(resourceKey(resourceId)) ?? sizeBytes,
    })),
    policy: policyName,
    // A name that names no policy protects nobody.
    protection: record?.stopped ? 'stopped' : policy === undefined ? 'none' : 'protected',
    protectedBy,
    orphaned,
    unfinishedRestore,
    problem:
      unreadable?.failure.message ??
      problemOfRestore(unfinishedRestore) ??
      problemOf(vm, policyName, policies),
    lastRecoveryPoint: newest?.point && { id: newest.point.pointId, time: newest.point.snapshotTime },
    refusedPoints: newest?.refused.length ? newest.refused : undefined,
    nextRun: orphaned || !policy || policy.paused ? undefined : nextDue(policy.schedule, now),
    runningJob: record?.running?.jobId,
  };
}

/** The next tick of the scheduler would enrol a VM by its tag: it is shown as if it had. */
function protectionOf(vm: DiscoveredVm | undefined, record: ProtectedVm | undefined) {
  if (record?.stopped) return {};
  const tag = vm && policyOfTag(vm);
  if (tag !== undefined && record?.protectedBy !== 'api')
    return { policyName: tag, protectedBy: 'tag' as const };
  const policyName = record?.policy;
  return { policyName, protectedBy: policyName === undefined ? undefined : (record?.protectedBy ?? 'tag') };
}

const problemOfRestore = (jobId: string | undefined): string | undefined =>
  jobId &&
  `The restore in place ${jobId} was given up while it changed the disks: no backup runs until the sweep, or somebody, has brought them back to one time.`;

/** A tag that says what nobody can follow is told first: it is why there is no policy. */
function problemOf(
  vm: DiscoveredVm | undefined,
  policyName: string | undefined,
  policies: ReadonlyMap<string, DatedPolicy>,
) {
  const ofTag = vm && problemOfTag(vm, policies.keys());
  if (ofTag) return ofTag;
  if (policyName === undefined) return undefined;
  const dated = policies.get(policyName);
  if (!dated) return `There is no policy ${policyName}.`;
  return dated.policy.paused ? `The policy ${policyName} is paused.` : undefined;
}
