import type { PointDescription, PointDisk } from '../../client/api-types';
import type { Column } from '../output/column';
import { sizeColumn, timeColumn } from '../output/figure-columns';
import { time } from '../output/people';

/** What a point is kept or gone by, in a word. */
const keptBy = ({ hold, deleted, retainUntil }: PointDescription): string | undefined => {
  if (deleted) return `deleted, until ${time(deleted.undeleteUntil)}`;
  if (hold) return `held: ${hold.reason}`;
  return retainUntil && `until ${time(retainUntil)}`;
};

export const POINT_COLUMNS: Column<PointDescription>[] = [
  { name: 'id', title: 'Recovery point', value: ({ id }) => id },
  { name: 'vm', value: ({ vm }) => vm },
  timeColumn('time', 'Time', (point) => point.time),
  { name: 'consistency', title: 'Consistency', value: ({ consistency }) => consistency.reached },
  { name: 'tier', title: 'Restorable from', value: ({ tier }) => tier },
  {
    name: 'disks',
    title: 'Disks',
    value: ({ disks }) => disks.length,
    people: ({ disks, partial }) => `${disks.length}${partial ? ' (partial)' : ''}`,
    right: true,
  },
  sizeColumn('logicalBytes', 'Size', ({ logicalBytes }) => logicalBytes),
  sizeColumn('changedBytes', 'Changed', ({ changedBytes }) => changedBytes),
  sizeColumn('storedBytes', 'Stored', ({ storedBytes }) => storedBytes),
  { name: 'kept', title: 'Kept', value: keptBy },
];

export const POINT_FIELDS: Column<PointDescription>[] = [
  ...POINT_COLUMNS,
  { name: 'policy', title: 'Policy', value: ({ policy }) => policy },
  { name: 'job', title: 'Job', value: ({ job }) => job },
  { name: 'reason', title: 'Why so consistent', value: ({ consistency }) => consistency.reason },
  {
    name: 'excludedDisks',
    title: 'Left out',
    value: ({ excludedDisks }) => excludedDisks?.map(({ name }) => name).join(', '),
  },
];

export const POINT_DISKS: Column<PointDisk>[] = [
  { name: 'diskId', title: 'Disk', value: ({ diskId }) => diskId },
  { name: 'name', title: 'Name', value: ({ name }) => name },
  sizeColumn('sizeBytes', 'Size', ({ sizeBytes }) => sizeBytes),
  sizeColumn('allocatedBytes', 'In use', ({ allocatedBytes }) => allocatedBytes),
  sizeColumn('changedBytes', 'Changed', ({ changedBytes }) => changedBytes),
  sizeColumn('storedBytes', 'Stored', ({ storedBytes }) => storedBytes),
  {
    name: 'mode',
    title: 'Changes found by',
    value: ({ mode, modeReason }) => (modeReason ? `${mode}: ${modeReason}` : mode),
  },
  { name: 'basePoint', title: 'Compared with', value: ({ basePoint }) => basePoint },
];
