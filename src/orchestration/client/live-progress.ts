import type { DurableClient } from 'durable-functions';
import { addMoved } from '../../disks/disk-bytes';
import { readProgress } from '../../jobs/disk-progress';
import {
  type DiskProgress,
  isOver,
  type Job,
  type JobDisk,
  type JobProgress,
  type JobView,
  viewJob,
} from '../../jobs/job';
import { liveRate } from '../../jobs/transfer-rate';
import type { BlobStore } from '../../storage/blob-store';
import { diskInstanceId } from '../steps/instance-ids';
import { customStatusOf } from './custom-status';

/**
 * The record of a job; while it runs, with what its orchestrations show and what its activities have moved so
 * far.
 */
export async function withLiveProgress(job: Job, client: DurableClient, store: BlobStore): Promise<JobView> {
  if (isOver(job)) return viewJob(job);
  const shown = await customStatusOf<JobProgress>(client, job.id);
  if (!shown) return viewJob(job);
  const { diskIds = [], ...progress } = shown;
  const disks = await Promise.all(diskIds.map((diskId) => liveDisk(job.id, diskId, client, store)));
  const live: Job = { ...job, ...progress, disks: disks.filter((disk) => disk !== undefined) };
  return viewJob({ ...live, ...liveRate(live, await store.now()) });
}

async function liveDisk(
  jobId: string,
  diskId: string,
  client: DurableClient,
  store: BlobStore,
): Promise<JobDisk | undefined> {
  const [disk, part] = await Promise.all([
    customStatusOf<DiskProgress>(client, diskInstanceId(jobId, diskId)),
    readProgress(store, jobId, diskId),
  ]);
  if (!disk) return undefined;
  const { part: current = 0, ...settled } = disk;
  if (!part || part.part !== current || settled.state !== 'running') return settled;
  addMoved(settled, part);
  return settled;
}
