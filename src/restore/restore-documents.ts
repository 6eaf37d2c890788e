import { z } from 'zod';
import { diskResourceId } from '../compute/arm/resource-id';
import type { RestoredDisk } from '../jobs/job';
import { type KeptDocument, keepOnce, readKept } from '../jobs/kept-documents';
import type { BlobStore } from '../storage/blob-store';
import { Replacement } from './replacement';
import { RestoreDiskOrder } from './restore-orders';

/**
 * What the steps of a restore hand to one another beside the history, as those of a backup do. What is kept
 * first stands.
 */
const ORDERS: KeptDocument<RestoreDiskOrder[]> = { name: 'orders.json', schema: z.array(RestoreDiskOrder) };
const REPLACEMENT: KeptDocument<Replacement> = { name: 'replacement.json', schema: Replacement };

/** Keeps the disks that a restore makes; answers with those of the first try. */
export const keepOrders = (
  store: BlobStore,
  jobId: string,
  orders: RestoreDiskOrder[],
): Promise<RestoreDiskOrder[]> => keepOnce(store, jobId, ORDERS, orders);

export const readOrders = (store: BlobStore, jobId: string): Promise<RestoreDiskOrder[]> =>
  readKept(store, jobId, ORDERS);

/** The new disks of a restore, once they are there. */
export async function readRestoredDisks(store: BlobStore, jobId: string): Promise<RestoredDisk[]> {
  const orders = await readOrders(store, jobId);
  return orders.map((order) => ({
    diskId: order.diskId,
    name: order.name,
    resourceId: diskResourceId(order),
  }));
}

/** Keeps what a swap changes, as it was before anything was swapped; answers with that of the first try. */
export const keepReplacement = (
  store: BlobStore,
  jobId: string,
  replacement: Replacement,
): Promise<Replacement> => keepOnce(store, jobId, REPLACEMENT, replacement);

export const readReplacement = (store: BlobStore, jobId: string): Promise<Replacement> =>
  readKept(store, jobId, REPLACEMENT);
