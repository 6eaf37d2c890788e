import { BackupPolicy } from '../../../src/policies/policy';
import { noCounts } from '../../../src/vault/format/counts';
import type { installation } from './protection';

/** A policy of one backup a day. */
export const dailyPolicy = (days: number, daily = 2) =>
  BackupPolicy.parse({
    schedule: { frequency: 'daily', times: ['02:00'], timeZone: 'UTC' },
    retention: { daily },
    instantRestoreDays: days,
  });

export type Installation = Awaited<ReturnType<typeof installation>>;

/** A recovery point as its manifest, and the job that made it. */
export async function addPoint(
  { store, jobs }: Installation,
  vmKey: string,
  day: number,
  more: object = {},
): Promise<{ jobId: string; pointId: string }> {
  const stamp = `202603${String(day).padStart(2, '0')}t020000z`;
  const jobId = `${stamp}-backup-${vmKey}`;
  const pointId = `${vmKey}.${stamp}`;
  const time = `2026-03-${String(day).padStart(2, '0')}T02:00:00.000Z`;
  const manifest = {
    formatVersion: 1,
    pointId,
    vmKey,
    runId: jobId,
    snapshotTime: time,
    createdAt: time,
    consistency: { reached: 'crash', asked: 'application' },
    vm: {},
    disks: [
      {
        diskId: 'os',
        lun: -1,
        name: 'os',
        sizeBytes: 512,
        index: 'a'.repeat(64),
        mode: 'full',
        counts: noCounts(),
      },
    ],
    ...more,
  };
  await store.put(`points/${pointId}.json`, Buffer.from(JSON.stringify(manifest)));
  await jobs.create(jobId, {
    id: jobId,
    kind: 'backup',
    vm: vmKey,
    state: 'Succeeded',
    trigger: 'schedule',
    createdAt: time,
    disks: [],
    warnings: [],
  });
  return { jobId, pointId };
}

/** What a manifest says of a snapshot that stays. */
export const KEPT = { snapshot: { restorePointId: '/rp', disks: [] } };
