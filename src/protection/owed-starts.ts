import { z } from 'zod';
import { secondsBetween } from '../basics/time';
import { type DiskSlot, holds, slotsOf } from '../compute/restore/swap-disks';
import { findVm } from '../compute/vms/find-vm';
import { ThisVm } from '../compute/vms/vm-power';
import { readPowerState } from '../compute/vms/vm-state';
import { type Collection, collection } from '../documents/collection';
import { isUnreadable } from '../documents/read-document';
import { isOver } from '../jobs/job';
import type { BlobStore } from '../storage/blob-store';
import type { ProtectionServices } from './protection-services';

const Place = z.strictObject({ lun: z.number(), resourceId: z.string().optional() });

/**
 * A VM that ran before a restore in place, and that has to run after it. Written before the VM is switched
 * off, and gone when it runs: whatever becomes of the job in between, its orchestration included, somebody
 * knows what is owed.
 */
const OwedStart = z.strictObject({
  vm: ThisVm.strict(),
  /** The restore that switches it off; the newest one where the debt is older. */
  jobId: z.string(),
  /** ISO 8601 UTC. */
  since: z.string(),
  /** The places that the restore changes: as they were, and as they will be. */
  before: z.array(Place),
  after: z.array(Place),
});
export type OwedStart = z.output<typeof OwedStart>;

/** Starts that are owed, by the key of the VM: one made anew under its name has another key. */
const owedStarts = (store: BlobStore): Collection<OwedStart> => collection(store, 'starts', OwedStart);

/** After a week nobody expects a VM to come back by itself any more. */
const GIVEN_UP_SECONDS = 7 * 86_400;

interface Swap {
  vm: ThisVm;
  before: DiskSlot[];
  after: DiskSlot[];
}

/** Notes that a job is about to switch a VM off that has to run afterwards. */
export async function oweStart(
  store: BlobStore,
  { vmKey, jobId, now }: { vmKey: string; jobId: string; now: string },
  { vm, before, after }: Swap,
): Promise<void> {
  const places = (slots: DiskSlot[]) => slots.map(({ lun, resourceId }) => ({ lun, resourceId }));
  await owedStarts(store).update(vmKey, () => ({
    vm,
    jobId,
    since: now,
    before: places(before),
    after: places(after),
  }));
}

/** The start of a VM that is owed, if one is. */
export const owedStartOf = async (store: BlobStore, vmKey: string): Promise<OwedStart | undefined> =>
  (await owedStarts(store).read(vmKey))?.value;

/** Strikes out what a job owed, because the VM runs or must not; what another job owes by now stays. */
export async function settleStart(store: BlobStore, vmKey: string, jobId: string): Promise<void> {
  const owed = await owedStarts(store).read(vmKey);
  if (owed?.value.jobId === jobId) await owedStarts(store).delete(vmKey, owed.etag);
}

/** A VM that is to be started now, as the step that does so takes it. */
export type VmToStart = ThisVm & { vmKey: string; jobId: string };

type StartServices = Pick<ProtectionServices, 'compute' | 'jobs' | 'protectedVms' | 'store'>;

interface Log {
  warn(message: string): void;
}

/**
 * The first VM after the key `after` whose start is owed by a job that is over. What is settled is struck out
 * on the way: a VM that runs again, whoever started it; one that is gone or was made anew; and what is owed
 * for a week. A VM that another job holds is that job's to judge, and one that has disks of two times must
 * not run: both are looked at again by the next sweep.
 */
export async function nextVmToStart(
  services: StartServices,
  { at, after }: { at: string; after?: string },
  log: Log,
): Promise<VmToStart | undefined> {
  const starts = owedStarts(services.store);
  for await (const vmKey of starts.names({ startAfter: after })) {
    try {
      const owed = await starts.read(vmKey);
      if (!owed) continue;
      const { vm, jobId } = owed.value;
      const verdict = await judge(services, vmKey, owed.value, at);
      if (verdict.do === 'start') return { ...vm, vmKey, jobId };
      if (verdict.do === 'strike out') await starts.delete(vmKey, owed.etag);
      if (verdict.why) log.warn(`The VM ${vm.ref.name} is not started again: ${verdict.why}`);
    } catch (error) {
      // What stands in the way of one VM must not keep the others off.
      log.warn(`${isUnreadable(error) ? '' : `${vmKey}: `}${String(error)}`);
    }
  }
  return undefined;
}

interface Verdict {
  do: 'start' | 'wait' | 'strike out';
  why?: string;
}

async function judge(
  { compute, jobs, protectedVms }: StartServices,
  vmKey: string,
  { vm: { ref, vmId }, jobId, since, before, after }: OwedStart,
  at: string,
): Promise<Verdict> {
  const job = (await jobs.read(jobId))?.value;
  if (job && !isOver(job)) return { do: 'wait' };
  if ((await protectedVms.read(vmKey))?.value.running) return { do: 'wait' };
  const vm = await findVm(compute, ref);
  if (vm?.vmId !== vmId) return { do: 'strike out' };
  if (readPowerState(vm.instanceView) === 'running') return { do: 'strike out' };
  if (secondsBetween(since, at) > GIVEN_UP_SECONDS)
    return { do: 'strike out', why: `it is off since ${since}.` };
  const present = slotsOf(vm);
  if (holds(present, before) || holds(present, after)) return { do: 'start' };
  return { do: 'wait' };
}
