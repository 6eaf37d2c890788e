import type { VmDescription, VmDisk } from '../../client/api-types';
import type { Column } from '../output/column';
import { sizeColumn, timeColumn } from '../output/figure-columns';
import { time } from '../output/people';

const sizeOf = ({ disks }: VmDescription): number =>
  disks.reduce((sum, { sizeBytes = 0 }) => sum + sizeBytes, 0);

export const VM_COLUMNS: Column<VmDescription>[] = [
  { name: 'key', value: ({ key }) => key },
  { name: 'name', title: 'VM', value: ({ name }) => name },
  { name: 'resourceGroup', title: 'Group', value: ({ resourceGroup }) => resourceGroup },
  { name: 'os', title: 'System', value: ({ os }) => os },
  {
    name: 'powerState',
    title: 'State',
    value: ({ powerState }) => powerState,
    people: (vm) => (vm.orphaned ? 'gone' : vm.powerState),
  },
  { name: 'orphaned', value: ({ orphaned }) => orphaned },
  sizeColumn('sizeBytes', 'Disks', sizeOf),
  { name: 'protection', title: 'Protection', value: ({ protection }) => protection },
  { name: 'policy', title: 'Policy', value: ({ policy }) => policy },
  {
    name: 'lastRecoveryPoint',
    title: 'Last point',
    value: ({ lastRecoveryPoint }) => lastRecoveryPoint?.id,
    people: ({ lastRecoveryPoint }) => time(lastRecoveryPoint?.time),
  },
  timeColumn('nextRun', 'Next run', ({ nextRun }) => nextRun),
  { name: 'runningJob', title: 'Running job', value: ({ runningJob }) => runningJob },
  {
    name: 'problem',
    title: 'Problem',
    value: ({ problem, refusedPoints }) =>
      problem ?? (refusedPoints?.length ? `${refusedPoints.length} unreadable points` : undefined),
  },
];

export const VM_FIELDS: Column<VmDescription>[] = [
  ...VM_COLUMNS.map((column) => (column.name === 'key' ? { ...column, title: 'Key' } : column)),
  { name: 'location', title: 'Location', value: ({ location }) => location },
  { name: 'subscriptionId', title: 'Subscription', value: ({ subscriptionId }) => subscriptionId },
  { name: 'protectedBy', title: 'Protected by', value: ({ protectedBy }) => protectedBy },
  {
    name: 'unfinishedRestore',
    title: 'Unfinished restore',
    value: ({ unfinishedRestore }) => unfinishedRestore,
  },
];

export const VM_DISKS: Column<VmDisk>[] = [
  { name: 'diskId', title: 'Disk', value: ({ diskId }) => diskId },
  { name: 'name', title: 'Name', value: ({ name }) => name },
  sizeColumn('sizeBytes', 'Size', ({ sizeBytes }) => sizeBytes),
];
