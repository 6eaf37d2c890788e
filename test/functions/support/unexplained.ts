import {
  DISK,
  NETWORK_INTERFACE,
  type PropertyTable,
  VIRTUAL_MACHINE,
  type Wire,
} from '../../../src/restore/properties';
import { decisionFor } from '../../../src/restore/properties/property';
import type { WholeVm } from './shaped-azure';

/** Every difference between a VM and the one restored from it that no table and no warning accounts for. */
export function unexplained(before: WholeVm, after: WholeVm, warnings: string[]): string[] {
  const disks = [...before.disks].flatMap(([lun, disk]) =>
    differences(DISK, disk, after.disks.get(lun) ?? {}, warnings).map((path) => `LUN ${lun}: ${path}`),
  );
  const interfaces = before.interfaces.flatMap((one, index) =>
    differences(NETWORK_INTERFACE, one, after.interfaces[index] ?? {}, warnings).map(
      (path) => `NIC ${index}: ${path}`,
    ),
  );
  return [...differences(VIRTUAL_MACHINE, before.vm, after.vm, warnings), ...disks, ...interfaces];
}

function differences(table: PropertyTable, before: Wire, after: Wire, warnings: string[]): string[] {
  return leavesOf(before).flatMap(({ path, keys, value }) => {
    const property = decisionFor(table.properties, path);
    if (!property || property.fate === 'made-anew' || property.usual?.includes(value)) return [];
    const now = keys.reduce<unknown>((part, key) => (part as Wire | undefined)?.[key], after);
    if (JSON.stringify(now) === JSON.stringify(value)) return [];
    if (warnings.some((warning) => warning.includes(property.name))) return [];
    return [`${keys.join('.')}: ${JSON.stringify(value)} became ${JSON.stringify(now)}`];
  });
}

interface Leaf {
  /** As in the table. */
  path: string;
  keys: string[];
  value: unknown;
}

function leavesOf(value: unknown, path = '', keys: string[] = []): Leaf[] {
  if (typeof value !== 'object' || value === null) return value === undefined ? [] : [{ path, keys, value }];
  return Object.entries(value).flatMap(([key, child]) => {
    const below = Array.isArray(value) ? `${path}[]` : path === '' ? key : `${path}.${key}`;
    return leavesOf(child, below, [...keys, key]);
  });
}
