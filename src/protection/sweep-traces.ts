import { isBefore } from '../basics/time';
import { isUnreadable } from '../documents/read-document';
import { deleteProgress } from '../jobs/disk-progress';
import { isOver } from '../jobs/job';
import { allKept, deleteKept } from '../jobs/kept-documents';
import { COMPLETED, REPLACEMENT_NAME } from '../jobs/restore-marks';
import type { BlobStore } from '../storage/blob-store';
import type { ProtectionServices } from './protection-services';
import { queuedBackups } from './queued-backup';
import { hasRefusals } from './refusals';

/** What a job has in the container beside its record and the points. */
interface Trace {
  lastModified: string;
  /** The names of what its steps have kept. */
  kept: string[];
}

/**
 * Deletes what the steps of jobs have kept in the container, once nobody needs it: the job is over, however
 * it ended, or its record is gone and nothing was written for it since `olderThan`. What a restore in place
 * keeps of a swap stays until that is settled. Returns the ids of the jobs.
 */
export async function sweepTraces(
  { jobs, store }: Pick<ProtectionServices, 'jobs' | 'store'>,
  olderThan: string,
): Promise<string[]> {
  const swept: string[] = [];
  for (const [jobId, { lastModified, kept }] of await allTraces(store)) {
    if (kept.includes(REPLACEMENT_NAME) || !isBefore(lastModified, olderThan)) continue;
    // Nothing else may tell that what bears the tag of what is half-made is complete.
    if (kept.includes(COMPLETED.name) && (await hasRefusals(store, jobId))) continue;
    try {
      const job = await jobs.read(jobId);
      if (job && !isOver(job.value)) continue;
    } catch (error) {
      // A record that cannot be read may be one of a job that runs.
      if (!isUnreadable(error)) throw error;
      continue;
    }
    await deleteKept(store, jobId);
    await deleteProgress(store, jobId);
    await queuedBackups(store).delete(jobId);
    swept.push(jobId);
  }
  return swept;
}

async function allTraces(store: BlobStore): Promise<Map<string, Trace>> {
  const traces = new Map<string, Trace>();
  const add = (jobId: string, lastModified: string, ...kept: string[]) => {
    const known = traces.get(jobId) ?? { lastModified, kept: [] };
    const newest = isBefore(known.lastModified, lastModified) ? lastModified : known.lastModified;
    traces.set(jobId, { lastModified: newest, kept: [...known.kept, ...kept] });
  };
  for await (const { jobId, name, lastModified } of allKept(store)) {
    add(jobId, lastModified, name);
  }
  for await (const { name, lastModified } of store.list('progress/')) {
    add(name.split('/')[1] ?? '', lastModified);
  }
  for await (const { name, lastModified } of store.list('queue/')) {
    add(name.slice('queue/'.length).replace(/\.json$/, ''), lastModified);
  }
  return traces;
}
