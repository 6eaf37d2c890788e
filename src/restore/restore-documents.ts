import { z } from 'zod';
import { diskResourceId } from '../compute/arm/resource-id';
import type { RestoredDisk } from '../jobs/job';
import { type KeptDocument, keepOnce, readKept } from '../jobs/kept-documents';
import type { BlobStore } from '../storage/blob-store';
import { Replacement } from './replacement';
import { RestoreDiskDocument, type RestoreDiskOrder } from './restore-orders';
import { RestoredInterface } from './restored-interfaces';

/**
 * What the steps of a restore hand to one another beside the history, as those of a backup do. What is kept
 * first stands.
 */
const ORDERS: KeptDocument<RestoreDiskDocument[]> = {
  name: 'orders.json',
  schema: z.array(RestoreDiskDocument),
};
const INTERFACES: KeptDocument<RestoredInterface[]> = {
  name: 'interfaces.json',
  schema: z.array(RestoredInterface),
};
const REPLACEMENT: KeptDocument<Replacement> = { name: 'replacement.json', schema: Replacement };

/** Keeps the disks that a restore makes; answers with those of the first try. */
export const keepOrders = (
  store: BlobStore,
  jobId: string,
  orders: RestoreDiskDocument[],
): Promise<RestoreDiskDocument[]> => keepOnce(store, jobId, ORDERS, orders);

/** The disks that a restore makes, without what they are to be: that is too much for a history. */
export async function readOrders(store: BlobStore, jobId: string): Promise<RestoreDiskOrder[]> {
  const documents = await readKept(store, jobId, ORDERS);
  return documents.map(({ model: _model, optional: _optional, ...order }) => order);
}

/** What a new disk is to be, beside what its order says. */
export async function readDiskModel(
  store: BlobStore,
  { jobId, diskId }: Pick<RestoreDiskOrder, 'jobId' | 'diskId'>,
): Promise<Pick<RestoreDiskDocument, 'model' | 'optional'>> {
  const { model, optional } =
    (await readKept(store, jobId, ORDERS)).find((one) => one.diskId === diskId) ?? {};
  return { model, optional };
}

/** Keeps the network interfaces that a restore makes; answers with those of the first try. */
export const keepInterfaces = (
  store: BlobStore,
  jobId: string,
  interfaces: RestoredInterface[],
): Promise<RestoredInterface[]> => keepOnce(store, jobId, INTERFACES, interfaces);

export const readInterfaces = (store: BlobStore, jobId: string): Promise<RestoredInterface[]> =>
  readKept(store, jobId, INTERFACES);

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
