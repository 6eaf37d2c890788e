import { z } from 'zod';

export const JobKind = z.enum(['backup', 'restore', 'verification', 'maintenance']);
export type JobKind = z.output<typeof JobKind>;

/**
 * Job ids start with their time: `20260301t020000z-backup-web-1-3f2a9c1d`. They serve as ids of orchestration
 * instances and as parts of blob names.
 */
export const JobId = z
  .string()
  .regex(
    /^\d{8}t\d{6}z-(backup|restore|verification|maintenance)(-[a-z0-9][a-z0-9.-]{0,120})?$/,
    'not a job id',
  )
  .refine((id) => !Number.isNaN(Date.parse(timeOf(id))), 'not a job id: its time does not exist');

/** `2026-03-01T02:00:00Z` → `20260301t020000z`. */
export const stampOf = (iso: string): string =>
  `${new Date(iso).toISOString().slice(0, 19).replace(/[-:]/g, '').toLowerCase()}z`;

/** The time in a job id, ISO 8601 UTC: when it was due, or asked for. */
export const timeOf = (jobId: string): string =>
  jobId.replace(/^(\d{4})(\d\d)(\d\d)t(\d\d)(\d\d)(\d\d)z.*$/s, '$1-$2-$3T$4:$5:$6Z');

/** Deterministic, so that a due time can start one job only. */
export const scheduledBackupId = (vmKey: string, dueAt: string): string =>
  `${stampOf(dueAt)}-backup-${vmKey}`;

/** `unique` (six hex digits) tells two requests of one second apart. */
export const onDemandBackupId = (vmKey: string, at: string, unique: string): string =>
  `${stampOf(at)}-backup-${vmKey}-${unique}`;

export const restoreId = (vmKey: string, at: string, unique: string): string =>
  `${stampOf(at)}-restore-${vmKey}-${unique}`;

export const verificationId = (vmKey: string, at: string, unique: string): string =>
  `${stampOf(at)}-verification-${vmKey}-${unique}`;

/** Without `unique` for the scheduled one: a timer that fires twice names the same job. */
export const maintenanceId = (at: string, unique?: string): string =>
  [stampOf(at), 'maintenance', ...(unique === undefined ? [] : [unique])].join('-');

/**
 * The recovery point that a backup job creates when it succeeds: one job, one point, however often it is
 * committed.
 */
export const pointIdOf = (vmKey: string, jobId: string): string => {
  const stamp = jobId.slice(0, 16);
  const unique = /-([0-9a-f]{6})$/.exec(jobId.slice(`${stamp}-backup-${vmKey}`.length));
  return unique ? `${vmKey}.${stamp}-${unique[1]}` : `${vmKey}.${stamp}`;
};

/** What a job id tells without its record. */
export function describeJobId(jobId: string): { time: string; kind: JobKind; rest: string } {
  const [, kind = '', rest = ''] = /^\d{8}t\d{6}z-([a-z]+)-?(.*)$/.exec(jobId) ?? [];
  return { time: timeOf(jobId), kind: JobKind.parse(kind), rest };
}
