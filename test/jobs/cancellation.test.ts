import { throwIfStopped, untilCancelled } from '../../src/jobs/cancellation';
import type { Job } from '../../src/jobs/job';

const STARTED = '2026-03-01T02:00:00Z';
const running: Job = {
  id: '20260301t020000z-backup-web-1-00000001',
  kind: 'backup',
  state: 'Running',
  trigger: 'schedule',
  createdAt: STARTED,
  startedAt: STARTED,
  disks: [],
  warnings: [],
};
const recorded = (job: Job) => ({
  read: async () => ({ name: job.id, value: job, etag: '1', lastModified: STARTED }),
});

test('a backup as a whole ends within 24 hours: after that it takes no further step', async () => {
  const jobs = recorded(running);
  await expect(throwIfStopped(jobs, running.id, '2026-03-02T01:59:59Z')).resolves.toBeUndefined();
  await expect(throwIfStopped(jobs, running.id, '2026-03-02T02:00:01Z')).rejects.toThrow(/JobTimedOut/);
});

test('a job that was cancelled or has ended takes no further step', async () => {
  const cancelled = recorded({ ...running, cancelRequestedAt: STARTED });
  await expect(throwIfStopped(cancelled, running.id)).rejects.toThrow(/JobCancelled/);
  const over = recorded({ ...running, state: 'Failed' });
  await expect(throwIfStopped(over, running.id)).rejects.toThrow(/JobInterrupted/);
});

test('work of minutes stops when its job is cancelled, and says so', async () => {
  jest.useFakeTimers();
  try {
    const jobs = recorded({ ...running, cancelRequestedAt: STARTED });
    const work = untilCancelled(jobs, running.id, (signal) => {
      return new Promise<void>((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new Error('aborted')));
      });
    });
    const outcome = expect(work).rejects.toThrow(/JobCancelled/);
    await jest.advanceTimersByTimeAsync(30_000);
    await outcome;
  } finally {
    jest.useRealTimers();
  }
});
