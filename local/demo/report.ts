import type { Job, JobDisk } from '../../cli/api-types';
import { formatBytes } from '../../cli/format-bytes';
import type { SampleVm } from '../fleet/sample-fleet';
import { POLICIES } from './parts';
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
    disks.map(({ sizeBytes, fileSystem }) => `${formatBytes(sizeBytes)} ${fileSystem}`).join(', '),
  ]),
});

/** What the backups of one round came to, VM by VM. */
export const backupTable = (jobs: Job[]): Table => ({
  head: ['VM', 'Consistency', 'Changes found by', 'Disks', 'Read', 'Changed', 'Uploaded'],
  right: [3, 4, 5, 6],
  rows: jobs
    .toSorted((a, b) => (a.vmName < b.vmName ? -1 : 1))
    .map(({ vmName, consistency, disks }) => [
      vmName,
      consistency ? consistency.reached : '',
      [...new Set(disks.map(({ mode }) => modeInWords(mode)))].join(', '),
      total(disks, 'sizeBytes'),
      total(disks, 'readBytes'),
      total(disks, 'changedBytes'),
      total(disks, 'uploadedBytes'),
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
    head: ['VM', 'Disk', 'Size', 'First point, SHA-256', 'Second point, SHA-256'],
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

/** One line on what the two policies do. */
export const policiesInWords = (): string[] => [
  `Policy "${POLICIES.removing}" removes each snapshot after its transfer; the next backup reads and compares.`,
  `Policy "${POLICIES.keeping}" keeps the newest snapshot; the next backup asks which pages changed since.`,
];

const total = (disks: JobDisk[], field: 'sizeBytes' | 'readBytes' | 'changedBytes' | 'uploadedBytes') =>
  formatBytes(disks.reduce((sum, disk) => sum + disk[field], 0));
