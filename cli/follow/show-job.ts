import type { Job, JobDisk } from '../../client/api-types';
import type { Session } from '../command/session';
import type { Column } from '../output/column';
import { sizeColumn, timeColumn } from '../output/figure-columns';
import { between, size, time } from '../output/people';
import { table } from '../output/table';

export const JOB_COLUMNS: Column<Job>[] = [
  { name: 'id', title: 'Job', value: ({ id }) => id },
  { name: 'kind', title: 'Kind', value: ({ kind }) => kind },
  { name: 'vm', value: ({ vm }) => vm },
  { name: 'vmName', title: 'VM', value: ({ vmName }) => vmName, people: ({ vmName, vm }) => vmName ?? vm },
  { name: 'state', title: 'State', value: ({ state }) => state },
  { name: 'phase', title: 'Phase', value: ({ phase }) => phase },
  timeColumn('createdAt', 'Created', ({ createdAt }) => createdAt),
  {
    name: 'endedAt',
    title: 'Took',
    value: ({ endedAt }) => endedAt,
    people: ({ startedAt, endedAt }) => between(startedAt, endedAt),
  },
  sizeColumn('readBytes', 'Read', ({ readBytes }) => readBytes),
  { name: 'changedBytes', value: ({ changedBytes }) => changedBytes },
  sizeColumn('storedBytes', 'Stored', ({ storedBytes }) => storedBytes),
  {
    name: 'warnings',
    title: 'Warnings',
    value: ({ warnings }) => warnings.length,
    people: ({ warnings }) => (warnings.length ? String(warnings.length) : undefined),
    right: true,
  },
  { name: 'error', title: 'Error', value: ({ error }) => error?.code },
];

const MORE: Column<Job>[] = [
  { name: 'policy', title: 'Policy', value: ({ policy }) => policy },
  { name: 'trigger', title: 'Trigger', value: ({ trigger }) => trigger },
  { name: 'consistency', title: 'Consistency', value: ({ consistency }) => consistency?.reached },
  { name: 'recoveryPoint', title: 'Recovery point', value: ({ recoveryPoint }) => recoveryPoint },
  { name: 'target', title: 'Target', value: ({ target }) => target },
  { name: 'restoredVm', title: 'Restored VM', value: ({ restoredVm }) => restoredVm?.resourceId },
  timeColumn('nextTryAt', 'Next try', ({ nextTryAt }) => nextTryAt),
];

const DISKS: Column<JobDisk>[] = [
  { name: 'diskId', title: 'Disk', value: ({ diskId }) => diskId },
  { name: 'name', title: 'Name', value: ({ name }) => name },
  { name: 'state', title: 'State', value: ({ state }) => state },
  sizeColumn('sizeBytes', 'Size', ({ sizeBytes }) => sizeBytes),
  { name: 'mode', title: 'Found by', value: ({ mode, from }) => mode ?? from },
  sizeColumn('readBytes', 'Read', ({ readBytes }) => readBytes),
  sizeColumn('changedBytes', 'Changed', ({ changedBytes }) => changedBytes),
  sizeColumn('storedBytes', 'Stored', ({ storedBytes }) => storedBytes),
];

/** A job with its disks, what it made, its warnings, and what went wrong. */
export function showJob(session: Session, job: Job): void {
  const made = [
    ...(job.restoredDisks ?? []),
    ...(job.replacedDisks ?? []).map((disk) => ({ ...disk, name: `${disk.name} (was there before)` })),
  ];
  const below = [
    job.disks.length > 0 ? table(DISKS, job.disks) : '',
    made.map(({ diskId, name, resourceId }) => `${diskId} → ${name}\n  ${resourceId}`).join('\n'),
    job.maintenance ? maintenanceWords(job.maintenance) : '',
    job.warnings.map((warning) => `Warning: ${warning}`).join('\n'),
    job.error ? `${job.error.code}: ${job.error.message}\n${job.error.remedy}` : '',
  ];
  session.show(job, [...JOB_COLUMNS, ...MORE], below.filter(Boolean));
}

/** What maintenance did, or with a dry run would do. */
export function maintenanceWords(result: NonNullable<Job['maintenance']>): string {
  const {
    dryRun,
    expiredPoints,
    purgedPoints,
    freedBlobs,
    freedBytes,
    youngBytes,
    youngUntil,
    waitingPoints,
    waitingBytes,
    waitingUntil,
  } = result;
  const would = dryRun ? 'would be ' : '';
  const until = (at: string | undefined) => (at ? `, until ${time(at)} at most` : '');
  return [
    `Recovery points that ${dryRun ? 'would expire' : 'expired'}: ${expiredPoints}`,
    `Deleted points whose grace ended, ${would}gone for good: ${purgedPoints}`,
    `Content that nobody needs, ${would}deleted: ${size(freedBytes)} in ${freedBlobs} blobs`,
    `Too young to go: ${size(youngBytes)}${until(youngUntil)}`,
    `Kept for ${waitingPoints} deleted points in their grace: ${size(waitingBytes)}${until(waitingUntil)}`,
  ].join('\n');
}
