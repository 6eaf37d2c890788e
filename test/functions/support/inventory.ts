import { requestJson } from '../../../client/http';
import { connectBlobStore } from '../../../src/storage/azure-blob-store';
import type { RunningApp } from './running-app';

/** What an installation has in the emulated subscription, by name, and beside its vault in the container. */
export interface Inventory {
  disks: string[];
  vms: string[];
  interfaces: string[];
  snapshots: string[];
  grants: string[];
  /** Blobs that belong to a job at work: of nobody, when none is. */
  traces: string[];
}

/** Folders of the container in which nothing outlives the job that it is of. */
const TRACES = ['captures/', 'progress/', 'queue/', 'starts/', 'refusals/'];

/** Lists the whole emulated subscription and the whole container. */
export async function takeInventory({ azure, blobs }: RunningApp): Promise<Inventory> {
  const { body } = await requestJson<Record<string, { id?: string; name: string; resourceId?: string }[]>>(
    'GET',
    `${azure.url}/emulator/state`,
  );
  const subscription = `${azure.url}/subscriptions/${azure.subscriptionId}/providers/Microsoft.Network`;
  const nics = await requestJson<{ value: { name: string }[] }>(
    'GET',
    `${subscription}/networkInterfaces?api-version=2024-05-01`,
  );
  const names = (table: string) => (body[table] ?? []).map(({ name }) => name).sort();
  const traces: string[] = [];
  for await (const { name } of connectBlobStore({ connectionString: blobs.connectionString }, 'vault').list(
    '',
  )) {
    if (TRACES.some((folder) => name.startsWith(folder))) traces.push(name);
  }
  return {
    disks: names('disks'),
    vms: names('vms'),
    interfaces: nics.body.value.map(({ name }) => name).sort(),
    snapshots: [...names('restorePoints'), ...names('snapshots')],
    grants: (body.grants ?? []).map(({ resourceId = '' }) => resourceId),
    traces,
  };
}

/** What there is now and was not before. */
export function addedSince(before: Inventory, now: Inventory): Partial<Inventory> {
  const added = Object.entries(now).map(([kind, names]: [string, string[]]) => [
    kind,
    names.filter((name) => !before[kind as keyof Inventory].includes(name)),
  ]);
  return Object.fromEntries(added.filter(([, names]) => names?.length));
}
