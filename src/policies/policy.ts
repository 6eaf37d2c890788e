import { IANAZone } from 'luxon';
import { z } from 'zod';
import { Consistency } from '../disks/consistency';

const TimeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/, 'not a time of day such as 02:00 or 02:00:30');
const TimeZone = z.string().refine((zone) => IANAZone.isValidZone(zone), 'not an IANA time zone');
const Weekday = z.enum(['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']);

const DailySchedule = z.strictObject({
  frequency: z.literal('daily'),
  times: z.array(TimeOfDay).min(1).max(24),
  timeZone: TimeZone,
});
const WeeklySchedule = z.strictObject({
  frequency: z.literal('weekly'),
  days: z.array(Weekday).min(1).max(7),
  times: z.array(TimeOfDay).min(1).max(24),
  timeZone: TimeZone,
});
const HourlySchedule = z.strictObject({
  frequency: z.literal('hourly'),
  /** Hours from one backup to the next, inside the window. */
  every: z.int().min(1).max(24),
  window: z.strictObject({ start: TimeOfDay, hours: z.int().min(1).max(24) }),
  timeZone: TimeZone,
});

export const Schedule = z.discriminatedUnion('frequency', [DailySchedule, WeeklySchedule, HourlySchedule]);
export type Schedule = z.output<typeof Schedule>;

const Retention = z.strictObject({
  daily: z.int().min(1).max(9999).optional(),
  weekly: z.int().min(1).max(5163).optional(),
  monthly: z.int().min(1).max(1188).optional(),
  yearly: z.int().min(1).max(99).optional(),
});

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

export const PolicyName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'not a policy name');

/** Policies that exist without anybody having written them, so that a tag is all a new user needs. */
export const PRESET_POLICIES: Readonly<Record<string, BackupPolicy>> = {
  daily: BackupPolicy.parse({ schedule: { frequency: 'daily', times: ['02:00'], timeZone: 'UTC' } }),
  hourly: BackupPolicy.parse({
    schedule: { frequency: 'hourly', every: 4, window: { start: '08:00', hours: 12 }, timeZone: 'UTC' },
    instantRestoreDays: 7,
  }),
};
