import type { Disk, VirtualMachine } from '@azure/arm-compute';

/** A resource, or a part of one, as Azure answers it on the wire. */
export type Wire = Record<string, unknown>;

/** Where the names of the SDK are not those on the wire. */
const RENAMED: Readonly<Record<string, string>> = {
  diskIOPSReadWrite: 'diskIopsReadWrite',
  diskIOPSReadOnly: 'diskIopsReadOnly',
};

/** Disks as the SDK takes them: the same, but for a few names, and `properties` lies flat beside the rest. */
export const asDisk = (wire: Wire): Disk => flat(renamed(wire) as Wire) as unknown as Disk;

/** VMs as the SDK takes them; the network interfaces that they refer to lie flat as well. */
export function asVirtualMachine(wire: Wire): VirtualMachine {
  const vm = flat(renamed(wire) as Wire) as Wire & { networkProfile?: Wire };
  const interfaces = vm.networkProfile?.networkInterfaces;
  if (Array.isArray(interfaces)) {
    vm.networkProfile = { ...vm.networkProfile, networkInterfaces: interfaces.map((one) => flat(one)) };
  }
  return vm as unknown as VirtualMachine;
}

const isObject = (value: unknown): value is Wire =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const flat = ({ properties, ...rest }: Wire): Wire =>
  isObject(properties) ? { ...rest, ...properties } : rest;

function renamed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(renamed);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, child]) => [RENAMED[name] ?? name, renamed(child)]),
  );
}
