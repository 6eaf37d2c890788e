import type { Compute } from '../compute/arm/connection';
import type { VmRef } from '../compute/arm/resource-id';
import type { Snapshot, SnapshotDisk } from '../compute/snapshots/snapshot';
import { captureConfiguration } from '../compute/vms/configuration';
import { backupError } from '../failures/failure';
import type { BlobStore } from '../storage/blob-store';
import type { DiskSummary } from '../vault/transfer/complete-disk';
import { chooseBase, type DiskBase, type PreviousDisk } from './choose-base';

/**
 * What the steps of a job hand to one another beside the orchestration history, which is no place for more than a few KiB at a time:
 * a VM may have 65 disks with ids of 500 characters. Gone when the job has ended.
 */
const path = (jobId: string, document: string) => `captures/${jobId}/${document}`;

const VM = 'vm.json';
const SNAPSHOT = 'snapshot.json';
const transfersPage = (page: number) => `transfers-${page}.json`;

interface CapturedVm {
  configuration: Record<string, unknown>;
  previous: PreviousDisk[];
}

/** One disk on its way into the vault. */
export interface DiskTransfer {
  jobId: string;
  diskId: string;
  source: SnapshotDisk;
  base: DiskBase;
}

/** A disk that is in the vault. */
export interface TransferredDisk {
  diskId: string;
  name: string;
  /** Why its changes were not found in the best way. */
  reason?: string;
  summary: DiskSummary;
}

const MAX_BYTES = 4 * 1024 * 1024;
const toBlob = (value: unknown) => Buffer.from(JSON.stringify(value));

/** Keeps a document of a job; a repeat answers with what the first try kept. */
export async function keepOnce<T>(store: BlobStore, jobId: string, document: string, value: T): Promise<T> {
  const { written } = await store.put(path(jobId, document), toBlob(value), { ifAbsent: true });
  return written ? value : readKept<T>(store, jobId, document);
}

/** A document that a step of the job kept. Fails with `JobUnknown` when it is gone. */
export async function readKept<T>(store: BlobStore, jobId: string, document: string): Promise<T> {
  const blob = await store.get(path(jobId, document), { maxBytes: MAX_BYTES });
  if (!blob) throw backupError('JobUnknown', `What job ${jobId} kept as ${document} is gone.`);
  return JSON.parse(blob.body.toString('utf8'));
}

export async function deleteRunDocuments(store: BlobStore, jobId: string): Promise<void> {
  for await (const { name } of store.list(path(jobId, ''))) await store.delete(name);
}

/** Captures the configuration of a VM and the base of its disks once; a repeat keeps what the first try saw. */
export async function captureVm(
  { compute, store }: { compute: Compute; store: BlobStore },
  jobId: string,
  ref: VmRef,
  previous: PreviousDisk[],
): Promise<void> {
  const captured: CapturedVm = {
    configuration: { ...(await captureConfiguration(compute, ref)) },
    previous,
  };
  await keepOnce(store, jobId, VM, captured);
}

/** Keeps the snapshot that the backup goes on with. */
export async function keepSnapshot(store: BlobStore, jobId: string, snapshot: Snapshot): Promise<void> {
  await store.put(path(jobId, SNAPSHOT), toBlob(snapshot));
}

/** Some of the disks that are to be transferred, each with its base. */
export async function listTransfers(
  store: BlobStore,
  jobId: string,
  { from, count }: { from: number; count: number },
): Promise<DiskTransfer[]> {
  const snapshot = await readKept<Snapshot>(store, jobId, SNAPSHOT);
  const { previous } = await readKept<CapturedVm>(store, jobId, VM);
  return snapshot.disks.slice(from, from + count).map((source) => {
    const before = previous.find(({ diskId }) => diskId === source.diskId);
    return { jobId, diskId: source.diskId, source, base: chooseBase(source, before) };
  });
}

/** Notes a page of disks that are in the vault. */
export async function noteTransfers(
  store: BlobStore,
  jobId: string,
  page: number,
  disks: TransferredDisk[],
): Promise<void> {
  await store.put(path(jobId, transfersPage(page)), toBlob(disks));
}

/** Everything that a recovery point is made of. */
export async function readRun(store: BlobStore, jobId: string, pages: number) {
  const { configuration } = await readKept<CapturedVm>(store, jobId, VM);
  const snapshot = await readKept<Snapshot>(store, jobId, SNAPSHOT);
  const transfers: TransferredDisk[] = [];
  for (let page = 0; page < pages; page++) {
    transfers.push(...(await readKept<TransferredDisk[]>(store, jobId, transfersPage(page))));
  }
  return { configuration, snapshot, transfers };
}
