import { z } from 'zod';
import type { Compute } from '../compute/arm/connection';
import { Snapshot, type SnapshotDisk } from '../compute/snapshots/snapshot';
import { captureConfiguration } from '../compute/vms/configuration';
import type { VmInspection } from '../compute/vms/inspect';
import { type KeptDocument, keep, keepOnce, readKept } from '../jobs/kept-documents';
import type { BlobStore } from '../storage/blob-store';
import { diskSummarySchema } from '../vault/transfer/complete-disk';
import { chooseBase, type DiskBase, PreviousDisk } from './choose-base';
import { restoredDisks } from './restored-from';

/** What a backup saw before its snapshot was taken. */
const VmCapture = z.object({
  configuration: z.looseObject({ disks: z.array(z.record(z.string(), z.unknown())).default([]) }),
  previous: z.array(PreviousDisk),
});

/** One disk on its way into the vault. */
export interface DiskTransfer {
  jobId: string;
  diskId: string;
  source: SnapshotDisk;
  base: DiskBase;
}

/** A disk that is in the vault. */
const TransferredDisk = z.object({
  diskId: z.string(),
  name: z.string(),
  /** Why its changes were not found in the best way. */
  reason: z.string().optional(),
  summary: diskSummarySchema,
});
export type TransferredDisk = z.output<typeof TransferredDisk>;

const VM: KeptDocument<z.output<typeof VmCapture>> = { name: 'vm.json', schema: VmCapture };
const SNAPSHOT: KeptDocument<Snapshot> = { name: 'snapshot.json', schema: Snapshot };
const transfersPage = (page: number): KeptDocument<TransferredDisk[]> => ({
  name: `transfers-${page}.json`,
  schema: z.array(TransferredDisk),
});

/**
 * Captures the configuration of a VM and the base of its disks once; a repeat keeps what the first try saw.
 */
export async function captureVm(
  { compute, store }: { compute: Compute; store: BlobStore },
  jobId: string,
  inspection: VmInspection,
  previous: PreviousDisk[],
): Promise<void> {
  const configuration = { ...(await captureConfiguration(compute, inspection)) };
  await keepOnce(store, jobId, VM, { configuration, previous });
}

/** Keeps the snapshot that the backup goes on with. */
export const keepSnapshot = (store: BlobStore, jobId: string, snapshot: Snapshot): Promise<void> =>
  keep(store, jobId, SNAPSHOT, snapshot);

/** Some of the disks that are to be transferred, each with its base. */
export async function listTransfers(
  store: BlobStore,
  jobId: string,
  { from, count }: { from: number; count: number },
): Promise<DiskTransfer[]> {
  const snapshot = await readKept(store, jobId, SNAPSHOT);
  const { previous, configuration } = await readKept(store, jobId, VM);
  const restored = restoredDisks(configuration);
  return snapshot.disks.slice(from, from + count).map((source) => {
    const base = chooseBase(source, previous, restored.get(source.uniqueId));
    return { jobId, diskId: source.diskId, source, base };
  });
}

/** Notes a page of disks that are in the vault. */
export const noteTransfers = (
  store: BlobStore,
  jobId: string,
  page: number,
  disks: TransferredDisk[],
): Promise<void> => keep(store, jobId, transfersPage(page), disks);

/** Everything that a recovery point is made of. */
export async function readRun(store: BlobStore, jobId: string, pages: number) {
  const { configuration } = await readKept(store, jobId, VM);
  const snapshot = await readKept(store, jobId, SNAPSHOT);
  const transfers: TransferredDisk[] = [];
  for (let page = 0; page < pages; page++) {
    transfers.push(...(await readKept(store, jobId, transfersPage(page))));
  }
  return { configuration, snapshot, transfers };
}
