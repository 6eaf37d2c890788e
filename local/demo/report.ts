import type { Job } from '../../client/api-types';
import { formatBytes } from '../../client/format-bytes';
import type { SampleVm } from '../fleet/sample-fleet';
import { INSTANT_RESTORE_DAYS, POLICIES } from './parts';
import type { Comparison } from './restore';
import type { Table } from './screen';
import { diskInWords, modeInWords } from './words';

/** Which VMs there are. */
export const fleetTable = (vms: SampleVm[]): Table => ({
  head: ['VM', 'System', 'State', 'Policy', 'Disks'],
  rows: vms.map(({ name, os, powerState, policy, disks }) => [
    name,
    os,
    powerState,
    policy,
    disks.map(({ sizeBytes }) => formatBytes(sizeBytes)).join(', '),
  ]),
});

/** What the table does not say. */
export function fleetInWords(vms: SampleVm[]): string[] {
  const fileSystems = new Set(vms.flatMap(({ disks }) => disks.map(({ fileSystem }) => fileSystem)));
  const { removing, keeping } = POLICIES;
  return [
    `Their disks hold ${[...fileSystems].join(' and ')} file systems.`,
    ...vms.filter(({ note }) => note !== undefined).map(({ name, note }) => `${name}: ${note}.`),
    '',
    `Policy "${removing}" removes each snapshot after its transfer; the next backup reads and compares.`,
    `Policy "${keeping}" keeps snapshots for ${INSTANT_RESTORE_DAYS} days; ` +
      'the next backup asks which blocks changed.',
  ];
}

/** What the backups of one round came to, VM by VM. */
export const backupTable = (vms: SampleVm[], jobs: Job[]): Table => ({
  head: ['VM', 'Changes by', 'Read', 'Changed', 'Zeroed', 'Sent', 'Stored'],
  right: [2, 3, 4, 5, 6],
  rows: vms
    .map(({ name }) => jobs.find(({ vmName }) => vmName === name))
    .filter((job) => job !== undefined)
    .map(({ vmName = '', disks, ...bytes }) => [
      vmName,
      [...new Set(disks.map(({ mode }) => modeInWords(mode)))].join(', '),
      ...[bytes.readBytes, bytes.changedBytes, bytes.zeroedBytes, bytes.sentBytes, bytes.storedBytes].map(
        formatBytes,
      ),
    ]),
});

/** Whether every disk of every point came back as it was. */
export function outcomeTable(comparisons: Comparison[]): Table {
  const disks = comparisons.filter(({ point }) => point === 1);
  const verdict = ({ vm, diskId }: Comparison, point: Comparison['point']) => {
    const found = comparisons.find(
      (each) => each.vm === vm && each.diskId === diskId && each.point === point,
    );
    if (!found?.restored) return 'not restored';
    return found.restored === found.expected ? `same ${found.restored.slice(0, 12)}` : 'DIFFERENT';
  };
  return {
    head: ['VM', 'Disk', 'Size', 'First point', 'Second point'],
    right: [2],
    rows: disks.map((disk) => [
      disk.vm,
      diskInWords(disk.diskId),
      formatBytes(disk.sizeBytes),
      verdict(disk, 1),
      verdict(disk, 2),
    ]),
  };
}
