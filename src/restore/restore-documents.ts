import { z } from 'zod';
import { diskResourceId, VmRef, vmResourceId } from '../compute/arm/resource-id';
import type { RestoredDisk } from '../jobs/job';
import { hasKept, type KeptDocument, keepOnce, readKept } from '../jobs/kept-documents';
import { REPLACEMENT_NAME } from '../jobs/restore-marks';
import type { BlobStore } from '../storage/blob-store';
import type { NewVmPlan } from './new-vm';
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
const REPLACEMENT: KeptDocument<Replacement> = { name: REPLACEMENT_NAME, schema: Replacement };
const NewVm = z.object({ ref: VmRef, interfaces: z.array(z.object({ id: z.string(), make: z.boolean() })) });
const NEW_VM: KeptDocument<NewVmPlan> = { name: 'new-vm.json', schema: NewVm };

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

/** Keeps which VM a restore makes. */
export async function keepNewVm(store: BlobStore, jobId: string, plan: NewVmPlan): Promise<void> {
  await keepOnce(store, jobId, NEW_VM, plan);
}

/** What a restore makes, by its documents, whether or not it is there yet. */
export interface ToBeMade {
  disks: RestoredDisk[];
  /** The new VM and the network interfaces that are made for it. */
  others: string[];
  /** What a restore in place changes; absent before it comes to that. */
  replacement?: Replacement;
}

/** Nothing of a restore that died before it had planned anything. */
export async function readToBeMade(store: BlobStore, jobId: string): Promise<ToBeMade> {
  if (!(await hasKept(store, jobId, ORDERS))) return { disks: [], others: [] };
  const disks = await readRestoredDisks(store, jobId);
  const newVm = (await hasKept(store, jobId, NEW_VM)) ? await readKept(store, jobId, NEW_VM) : undefined;
  const inPlace = await hasKept(store, jobId, REPLACEMENT);
  return {
    disks,
    others: newVm
      ? [vmResourceId(newVm.ref), ...newVm.interfaces.flatMap(({ id, make }) => (make ? [id] : []))]
      : [],
    replacement: inPlace ? await readReplacement(store, jobId) : undefined,
  };
}
