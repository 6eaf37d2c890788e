import { z } from 'zod';

/**
 * Job ids start with their time, so that a listing by name is a listing by time: `20260301t020000z-backup-web-1-3f2a9c1d`.
 * They serve as ids of orchestration instances and as parts of blob names.
 */
export const JobId = z
  .string()
  .regex(/^\d{8}t\d{6}z-(backup|restore)-[a-z0-9][a-z0-9.-]{0,120}$/, 'not a job id');

/** `2026-03-01T02:00:00Z` → `20260301t020000z`. */
export const stampOf = (iso: string): string =>
  `${new Date(iso).toISOString().slice(0, 19).replace(/[-:]/g, '').toLowerCase()}z`;

/** Deterministic, so that a due time can start one job only. */
export const scheduledBackupId = (vmKey: string, dueAt: string): string =>
  `${stampOf(dueAt)}-backup-${vmKey}`;

/** `unique` tells two requests of one second apart; a retried request brings the same one again. */
export const onDemandBackupId = (vmKey: string, at: string, unique: string): string =>
  `${stampOf(at)}-backup-${vmKey}-${unique}`;

export const restoreId = (vmKey: string, at: string, unique: string): string =>
  `${stampOf(at)}-restore-${vmKey}-${unique}`;

/** The recovery point that a backup job creates when it succeeds: one job, one point, however often it is committed. */
export const pointIdOf = (vmKey: string, jobId: string): string => {
  const stamp = jobId.slice(0, 16);
  const unique = /-([0-9a-f]{6})$/.exec(jobId.slice(`${stamp}-backup-${vmKey}`.length));
  return unique ? `${vmKey}.${stamp}-${unique[1]}` : `${vmKey}.${stamp}`;
};
