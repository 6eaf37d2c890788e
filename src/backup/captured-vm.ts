import { captureConfiguration } from '../compute/configuration';
import type { VmRef } from '../compute/resource-id';
import { backupError } from '../failures/failure';
import type { Services } from '../services';
import type { BlobStore } from '../vault/store/blob-store';

/**
 * The configuration of the VM as it was at the backup, kept beside the jobs until the manifest takes it over: it is too large for
 * an orchestration history.
 */
const path = (jobId: string) => `captures/${jobId}.json`;

const MAX_BYTES = 1024 * 1024;

/** Captures once; a repeat keeps what the first try saw. */
export async function captureVm(
  { compute, store }: Pick<Services, 'compute' | 'store'>,
  jobId: string,
  ref: VmRef,
): Promise<void> {
  const configuration = await captureConfiguration(compute, ref);
  await store.put(path(jobId), Buffer.from(JSON.stringify(configuration)), { ifAbsent: true });
}

export async function readCapturedVm(store: BlobStore, jobId: string): Promise<Record<string, unknown>> {
  const blob = await store.get(path(jobId), { maxBytes: MAX_BYTES });
  if (!blob) throw backupError('JobUnknown', `The configuration that job ${jobId} captured is gone.`);
  return JSON.parse(blob.body.toString('utf8'));
}

export async function deleteCapturedVm(store: BlobStore, jobId: string): Promise<void> {
  await store.delete(path(jobId));
}
