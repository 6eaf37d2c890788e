import { collect } from '../arm/collect';
import type { Compute } from '../arm/connection';
import { isHalfMade, ownJobOf } from '../arm/ownership';
import { resourceName } from '../arm/resource-id';
import { during, findOrUndefined } from '../failures/arm-failure';
import { listNetworkInterfaces } from '../vms/network-interfaces';

/** A thing in Azure that a restore of this installation made. */
export interface Made {
  kind: 'vm' | 'networkInterface' | 'disk';
  resourceId: string;
  jobId: string;
  /** When, by Azure's clock, ISO 8601 UTC; absent where Azure does not tell. */
  time?: string;
  /** Whether it bears the tag of what is half-made, or is a disk that still waits for its bytes. */
  halfMade: boolean;
  /** The VM that uses it. */
  usedBy?: string;
}

/** Disks, network interfaces and VMs in a subscription that restores have made, complete or not. */
export async function restoredThings(compute: Compute, subscriptionId: string): Promise<Made[]> {
  const client = compute.client(subscriptionId);
  const [disks = [], vms = [], interfaces] = await during('clean up', () =>
    Promise.all([
      findOrUndefined('clean up', () => collect(client.disks.list())),
      findOrUndefined('clean up', () => collect(client.virtualMachines.listAll())),
      listNetworkInterfaces(compute, subscriptionId),
    ]),
  );
  return [
    ...vms.flatMap(({ id, tags, timeCreated }) =>
      made(compute, 'vm', { id, tags, time: timeCreated?.toISOString() }),
    ),
    ...interfaces.flatMap(({ id, tags, properties }) =>
      made(compute, 'networkInterface', { id, tags, usedBy: properties?.virtualMachine?.id }),
    ),
    ...disks.flatMap(({ id, tags, timeCreated, managedBy, diskState }) => {
      // Whoever exports a restored disk has it open, too: one without all its bytes is nobody's.
      const isOpen = diskState === 'ActiveUpload' || diskState === 'ReadyToUpload';
      const time = timeCreated?.toISOString();
      return made(compute, 'disk', { id, tags, time, usedBy: managedBy, isOpen });
    }),
  ];
}

interface Seen {
  id?: string;
  tags?: Record<string, string>;
  time?: string;
  usedBy?: string;
  isOpen?: boolean;
}

function made(
  compute: Compute,
  kind: Made['kind'],
  { id, tags, time, usedBy, isOpen = false }: Seen,
): Made[] {
  const jobId = ownJobOf(compute, tags);
  if (!id || !jobId) return [];
  const halfMade = isOpen || isHalfMade(compute, { name: resourceName(id), tags }, jobId);
  return [{ kind, resourceId: id, jobId, time, usedBy, halfMade }];
}

export const halfMadeOf = (made: Made[]): Made[] => made.filter((one) => one.halfMade);
