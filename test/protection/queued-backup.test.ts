import type { BackupRequest } from '../../src/jobs/backup-request';
import { PRESET_POLICIES } from '../../src/policies/policy';
import {
  countQueuedBackups,
  queueBackup,
  queuedBackups,
  takeQueuedBackup,
  withdrawQueuedBackup,
} from '../../src/protection/queued-backup';
import { memoryBlobStore } from '../../src/storage/memory-blob-store';

const request = (jobId: string): BackupRequest => ({
  jobId,
  vmKey: 'web-1-00000001',
  vmId: 'v',
  ref: { subscriptionId: 's', resourceGroup: 'g', name: 'web-1' },
  os: 'Linux',
  policyName: 'daily',
  policy: PRESET_POLICIES.daily!,
  trigger: 'on-demand',
  retainUntil: '2026-03-01T02:00:00Z',
});

async function queueOf(...jobs: string[]) {
  const store = memoryBlobStore();
  for (const job of jobs) await queueBackup(store, request(job));
  return store;
}

test('what waits longest is taken first, as it was asked for, and each once', async () => {
  const store = await queueOf('20260301t020001z-b', '20260301t020000z-a');
  await queueBackup(store, request('20260301t020000z-a'));
  expect(await countQueuedBackups(store)).toBe(2);
  expect(await takeQueuedBackup(store, 'lane-0.1')).toEqual(request('20260301t020000z-a'));
  expect(await takeQueuedBackup(store, 'lane-1.1')).toEqual(request('20260301t020001z-b'));
  expect(await takeQueuedBackup(store, 'lane-2.1')).toBeUndefined();
  expect(await countQueuedBackups(store)).toBe(0);
});

test('a call that is repeated gets what it got before', async () => {
  const store = await queueOf('a', 'b');
  const first = await takeQueuedBackup(store, 'lane-0.1');
  expect(await takeQueuedBackup(store, 'lane-0.1')).toEqual(first);
  expect(await countQueuedBackups(store)).toBe(1);
});

test('of many lanes at once each gets another one, and a withdrawal wins or loses against all of them', async () => {
  const jobs = ['a', 'b', 'c'];
  const store = await queueOf(...jobs);
  const [withdrawn, ...taken] = await Promise.all([
    withdrawQueuedBackup(store, 'b'),
    ...['1', '2', '3', '4'].map((lane) => takeQueuedBackup(store, lane)),
  ]);
  const got = taken.flatMap((one) => (one ? [one.jobId] : []));
  expect(new Set(got).size).toBe(got.length);
  expect(got.sort()).toEqual(withdrawn ? ['a', 'c'] : jobs);
});

test('what a lane has taken cannot be withdrawn, nor what was never there', async () => {
  const store = await queueOf('a');
  await takeQueuedBackup(store, 'lane-0.1');
  expect(await withdrawQueuedBackup(store, 'a')).toBe(false);
  expect(await withdrawQueuedBackup(store, 'x')).toBe(false);
  expect(await queuedBackups(store).read('a')).toBeDefined();
});
