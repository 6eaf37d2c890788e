import { throwIfOverdue, throwIfStopped, untilCancelled } from '../../src/jobs/cancellation';
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
const recorded = (job: Job, readAt = STARTED) => ({
  read: async () => ({ name: job.id, value: job, etag: '1', lastModified: STARTED, readAt }),
});

test('a backup as a whole ends within 24 hours: after that it takes no further step', async () => {
  const inTime = recorded(running, '2026-03-02T01:59:59Z');
  await expect(throwIfOverdue(inTime, running.id)).resolves.toBeUndefined();
  const late = recorded(running, '2026-03-02T02:00:01Z');
  await expect(throwIfOverdue(late, running.id)).rejects.toThrow(/JobTimedOut/);
});

test('a job whose record is gone takes no further step: nobody could tell what it makes from what is left', async () => {
  const gone = { read: async () => undefined };
  await expect(throwIfStopped(gone, running.id)).rejects.toThrow(/JobUnknown/);
  await expect(throwIfOverdue(gone, running.id)).rejects.toThrow(/JobUnknown/);
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
