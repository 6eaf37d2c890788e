import { requestJson } from '../../../client/http';
import { HALF_MADE_TAG } from '../../../src/compute/arm/own-names';
import { connectBlobStore } from '../../../src/storage/azure-blob-store';
import type { RunningApp } from './running-app';

/** What an installation has in the emulated subscription, by name, and beside its vault in the container. */
export interface Inventory {
  disks: string[];
  vms: string[];
  interfaces: string[];
  snapshots: string[];
  grants: string[];
  /** What bears the tag of what is half-made. */
  halfMade: string[];
  /** Blobs that belong to a job at work: of nobody, when none is. */
  traces: string[];
}

interface Tagged {
  name: string;
  tags?: Record<string, string>;
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
  const nics = await requestJson<{ value: Tagged[] }>(
    'GET',
    `${subscription}/networkInterfaces?api-version=2024-05-01`,
  );
  const all = await Promise.all(
    ['disks', 'virtualMachines'].map((kind) =>
      requestJson<{ value: Tagged[] }>(
        'GET',
        `${azure.url}/subscriptions/${azure.subscriptionId}/providers/Microsoft.Compute/${kind}?api-version=2025-04-01`,
      ),
    ),
  );
  const tagged = [...all.flatMap((one) => one.body.value), ...nics.body.value];
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
    halfMade: tagged.filter(({ tags = {} }) => HALF_MADE_TAG in tags).map(({ name }) => name),
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
