import type { RestoreVerdict } from '../compute/leftovers/find-leftovers';
import { BackupError } from '../failures/failure';
import { isOver } from '../jobs/job';
import { hasKept } from '../jobs/kept-documents';
import { COMPLETED, REPLACEMENT_NAME } from '../jobs/restore-marks';
import { isStorageRefusal } from '../storage/storage-failure';
import type { ProtectionServices } from './protection-services';

type JudgeServices = Pick<ProtectionServices, 'jobs' | 'store'>;

/**
 * What documents know of a restore. `complete`: it came to its end, by its record or by what it kept.
 * `live`: it runs, its record cannot be read, or it was changing the disks of a VM, which has to be settled
 * first. `dead`: it never will come to its end; the record of one that runs may be lost, but then it takes no
 * further step and undoes what it did itself.
 */
export async function judgeRestore(services: JudgeServices, jobId: string): Promise<RestoreVerdict> {
  try {
    return await judge(services, jobId);
  } catch (error) {
    if (!(error instanceof BackupError) || isStorageRefusal(error)) throw error;
    return 'live';
  }
}

async function judge({ jobs, store }: JudgeServices, jobId: string): Promise<RestoreVerdict> {
  const job = (await jobs.read(jobId))?.value;
  if (job && !isOver(job)) return 'live';
  if (job?.state === 'Succeeded' || job?.restoredDisks !== undefined) return 'complete';
  if (await hasKept(store, jobId, COMPLETED)) return 'complete';
  return (await hasKept(store, jobId, { name: REPLACEMENT_NAME })) ? 'live' : 'dead';
}
