import { orderedParallel } from '../basics/ordered-parallel';
import { discoverVms } from '../compute/vms/discover';
import type { BackupError } from '../failures/failure';
import { enrol, orphan } from './enrol';
import type { ProtectedVm } from './protected-vm';
import type { ProtectionServices } from './protection-services';

const WRITES_AT_ONCE = 32;

type FleetServices = Pick<ProtectionServices, 'compute' | 'store' | 'protectedVms'>;

/** The fleet as one look found it. */
export interface EnrolledFleet {
  /** Every VM on record, by key. */
  vms: Map<string, ProtectedVm>;
  /** Service time of the look. */
  now: string;
}

/** Every record of a VM by key; one that cannot be read is left out and told to `onUnreadable`. */
export async function knownVms(
  { protectedVms }: Pick<ProtectionServices, 'protectedVms'>,
  onUnreadable: (error: BackupError) => void = () => undefined,
): Promise<Map<string, ProtectedVm>> {
  const known = new Map<string, ProtectedVm>();
  for await (const { name, value } of protectedVms.list({ onUnreadable })) known.set(name, value);
  return known;
}

/**
 * Brings the records in line with what is in Azure: new VMs enrol themselves, deleted ones become orphans.
 * Those in a subscription that cannot be read now stay as they are, and a record that cannot be read is left
 * out; both are told to `onUnreadable`. The requests that it takes do not grow with the fleet but with what
 * has changed in it, and by one for every page of a listing.
 */
export async function enrolFleet(
  services: FleetServices,
  onUnreadable?: (error: BackupError) => void,
): Promise<EnrolledFleet> {
  const now = await services.store.now();
  const { vms: discovered, unread } = await discoverVms(services.compute);
  for (const error of unread.values()) onUnreadable?.(error);
  const vms = await knownVms(services, onUnreadable);
  const found = new Map(discovered.map((vm) => [vm.key, vm]));
  const next = (key: string, current: ProtectedVm | undefined) => {
    const vm = found.get(key);
    if (vm) return enrol(vm, current, now);
    if (!current || unread.has(current.ref.subscriptionId.toLowerCase())) return undefined;
    return orphan(current, now);
  };
  const changed = [...new Set([...found.keys(), ...vms.keys()])].filter((key) => next(key, vms.get(key)));
  const write = async (key: string) => {
    const added = vms.has(key) ? undefined : next(key, undefined);
    const created = added && (await services.protectedVms.create(key, added));
    return created ?? services.protectedVms.update(key, (current) => next(key, current));
  };
  const written = orderedParallel(changed, WRITES_AT_ONCE, async (key) => {
    try {
      return await write(key);
    } catch (error) {
      // The record that could not be read is what stands in the way: its VM waits, the others do not.
      onUnreadable?.(error as BackupError);
      return undefined;
    }
  });
  for await (const document of written) if (document) vms.set(document.name, document.value);
  return { vms, now };
}
