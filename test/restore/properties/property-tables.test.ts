import { readFileSync } from 'node:fs';
import {
  DISK,
  NETWORK_INTERFACE,
  type PropertyTable,
  VIRTUAL_MACHINE,
} from '../../../src/restore/properties';
import { NETWORK_INTERFACE_PROPERTIES } from '../../../src/restore/properties/network-interface-properties';
import { decisionFor } from '../../../src/restore/properties/property';
import { restoredPropertiesPage } from '../../../tools/restored-properties-page';
import { writableProperties } from '../support/writable-properties';

const TABLES: [string, PropertyTable, readonly string[]][] = [
  ['VM', VIRTUAL_MACHINE, writableProperties('compute', 'virtualMachineSerializer')],
  ['disk', DISK, writableProperties('computeDisk', 'diskSerializer')],
  ['network interface', NETWORK_INTERFACE, NETWORK_INTERFACE_PROPERTIES],
];

describe.each(TABLES)('what becomes of the properties of a %s', (_kind, table, writable) => {
  it('is decided for each that the SDK can write', () => {
    expect(writable.length).toBeGreaterThan(25);
    expect(writable.filter((path) => !decisionFor(table.properties, path))).toEqual([]);
  });

  it('is decided once, and for nothing that does not exist', () => {
    const paths = table.properties.map(({ path }) => path);
    expect(paths.filter((path, index) => paths.indexOf(path) !== index)).toEqual([]);
    const counts = new Set(writable.map((path) => decisionFor(table.properties, path)));
    expect(table.properties.filter((one) => !counts.has(one)).map(({ path }) => path)).toEqual([]);
  });

  it('is told with a reason, in a sentence that can follow "without"', () => {
    for (const { name, reason } of table.properties) {
      expect(name).toMatch(/^\S.*[^.]$/);
      expect(reason).toMatch(/^[A-Z].*\.$/);
    }
  });
});

it('the API versions are those of the SDK', () => {
  const api = 'node_modules/@azure/arm-compute/dist/commonjs/api';
  const versionIn = (operations: string) =>
    /"api%2Dversion": "(.*?)"/.exec(readFileSync(`${api}/${operations}/operations.js`, 'utf8'))?.[1];
  expect(versionIn('virtualMachines')).toBe(VIRTUAL_MACHINE.apiVersion);
  expect(versionIn('disks')).toBe(DISK.apiVersion);
  expect(readFileSync('src/compute/vms/network-interfaces.ts', 'utf8')).toContain(
    NETWORK_INTERFACE.apiVersion,
  );
});

it('docs/restored-properties.md says what the tables say', () => {
  expect(readFileSync('docs/restored-properties.md', 'utf8')).toBe(restoredPropertiesPage());
});
