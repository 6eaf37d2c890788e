import { discoverVms } from '../compute/discover';
import type { BackupError } from '../failures/failure';
import type { Services } from '../services';
import { orderedParallel } from '../vault/transfer/ordered-parallel';
import { enrol, orphan } from './enrol';
import type { ProtectedVm } from './protected-vm';

const WRITES_AT_ONCE = 32;

export type FleetServices = Pick<Services, 'compute' | 'store' | 'policies' | 'protectedVms'>;

/** Every record of a VM by key; one that cannot be read is left out and told to `onUnreadable`. */
export async function knownVms(
  { protectedVms }: Pick<Services, 'protectedVms'>,
  onUnreadable: (error: BackupError) => void = () => undefined,
): Promise<Map<string, ProtectedVm>> {
  const known = new Map<string, ProtectedVm>();
  for await (const { name, value } of protectedVms.list({ onUnreadable })) known.set(name, value);
  return known;
}

/**
 * Brings the records in line with what is in Azure: new VMs enrol themselves, deleted ones become orphans. Those in a subscription that
 * cannot be read now, which is told to `onUnreadable`, stay as they are.
 */
export async function enrolFleet(
  services: FleetServices,
  onUnreadable?: (error: BackupError) => void,
): Promise<{ vms: Map<string, ProtectedVm>; now: string }> {
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
