import { z } from 'zod';
import { Consistency } from '../disks/consistency';
import { Retention } from './retention-document';
import { Schedule } from './schedule-document';

const ConsistencyWish = z.strictObject({
  /** What the snapshot should reach; the point records what it did reach. */
  ask: Consistency.default('application'),
  /** Whether a lower level will do when the asked one fails. */
  allowFallback: z.boolean().default(true),
  /**
   * Windows: `full` lets VSS writers truncate their logs, `copy-only` leaves the log chain of another product
   * alone.
   */
  vss: z.enum(['full', 'copy-only']).default('full'),
});

const Lun = z.int().min(0).max(63);

/** Which data disks are backed up, by LUN. The OS disk always is. */
export const DiskSelection = z.union(
  [
    z.strictObject({ onlyLuns: z.array(Lun).max(64) }),
    z.strictObject({ exceptLuns: z.array(Lun).min(1).max(64) }),
  ],
  'not {"onlyLuns": [0, 1]} or {"exceptLuns": [2]}',
);
export type DiskSelection = z.output<typeof DiskSelection>;

/** How often VMs are backed up, how long points are kept, and how consistent they should be. */
export const BackupPolicy = z.strictObject({
  schedule: Schedule,
  /**
   * True while nothing is backed up on schedule. What is there stays as it is: retention counts back from the
   * newest point, and no newer one comes.
   */
  paused: z.boolean().default(false),
  retention: Retention.default({ daily: 30 }),
  /**
   * Days that the newest snapshots stay for instant restore and as base of changed-block tracking; 0 removes
   * each after its transfer.
   */
  instantRestoreDays: z.int().min(0).max(30).default(0),
  consistency: ConsistencyWish.prefault({}),
  disks: DiskSelection.optional(),
  /** A data disk that cannot be backed up fails the backup, or is skipped and the point marked partial. */
  unsupportedDisks: z.enum(['fail', 'skip']).default('fail'),
});
export type BackupPolicy = z.output<typeof BackupPolicy>;

/** `import` would be a route of its own. */
export const PolicyName = z.string().regex(/^(?!import$)[a-z0-9][a-z0-9-]{0,62}$/, 'not a policy name');

/** Policies that exist without anybody having written them, so that a tag is all a new user needs. */
export const PRESET_POLICIES: Readonly<Record<string, BackupPolicy>> = {
  daily: BackupPolicy.parse({ schedule: { frequency: 'daily', times: ['02:00'], timeZone: 'UTC' } }),
  hourly: BackupPolicy.parse({
    schedule: { frequency: 'hourly', every: 4, window: { start: '08:00', hours: 12 }, timeZone: 'UTC' },
    instantRestoreDays: 7,
  }),
};
