import { resourceName } from '../compute/arm/resource-id';
import { undefinedIfUnreadable } from '../documents/read-document';
import { BackupError } from '../failures/failure';
import type { Job } from '../jobs/job';
import { describeJobId } from '../jobs/job-id';
import { hasKept } from '../jobs/kept-documents';
import { COMPLETED } from '../jobs/restore-marks';
import type { BlobStore } from '../storage/blob-store';
import { readToBeMade, type ToBeMade } from './restore-documents';

/** What people have to know of a restore whose orchestration is gone. */
export interface InterruptedRestore {
  /** What it made, what becomes of that, and what to do. */
  told: string;
  /** What its record gets besides, when it was complete. */
  made: Partial<Pick<Job, 'restoredDisks' | 'replacedDisks'>>;
}

const MOST_NAMED = 12;

/**
 * What the documents of a restore tell of what it made; undefined for other jobs, and where there is nothing
 * to tell.
 */
export async function describeInterrupted(
  store: BlobStore,
  jobId: string,
): Promise<InterruptedRestore | undefined> {
  if (describeJobId(jobId).kind !== 'restore') return undefined;
  const made = await readToBeMade(store, jobId).catch(undefinedIfGone);
  if (!made || made.disks.length === 0) return undefined;
  const { disks: restoredDisks, replacement } = made;
  if (!(await hasKept(store, jobId, COMPLETED))) return { told: toldOfHalf(made), made: {} };
  const told = `All that it makes is there and stays: ${namesOf(made)}.`;
  return { told, made: { restoredDisks, replacedDisks: replacement?.replaced } };
}

function undefinedIfGone(error: unknown): undefined {
  if (error instanceof BackupError && error.failure.code === 'JobUnknown') return undefined;
  return undefinedIfUnreadable(error);
}

function toldOfHalf(made: ToBeMade): string {
  const { replacement } = made;
  if (!replacement)
    return `It was making ${namesOf(made)}: what is there of them is deleted within the hour.`;
  const { vm, before, after } = replacement;
  return [
    `It was changing the disks of ${vm.ref.name} from ${placesOf(before)} to ${placesOf(after)}.`,
    `Until they are of one time no backup of the VM runs. Within the hour the sweep puts those of before back, or keeps the new ones if all are there, and deletes what is not needed.`,
    `To do it by hand, deallocate the VM and attach all disks of one of the two lists at these LUNs.`,
  ].join(' ');
}

const namesOf = ({ disks, others }: ToBeMade): string =>
  cut([...others.map(resourceName), ...disks.map(({ name }) => name)]);

const placesOf = (slots: { lun: number; resourceId?: string }[]): string =>
  cut(slots.map(({ lun, resourceId }) => `${lun < 0 ? 'OS' : lun}: ${nameOrNone(resourceId)}`));

const nameOrNone = (id: string | undefined) => (id === undefined ? 'none' : resourceName(id));

const cut = (names: string[]): string =>
  names.length > MOST_NAMED
    ? `${names.slice(0, MOST_NAMED).join(', ')} and ${names.length - MOST_NAMED} more`
    : names.join(', ');
