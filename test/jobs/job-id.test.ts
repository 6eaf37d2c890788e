import { JobId, onDemandBackupId, pointIdOf, restoreId, scheduledBackupId } from '../../src/jobs/job-id';

const VM = 'web-1-3f2a9c1d';

test('a due time has one job and one recovery point, whoever asks', () => {
  const jobId = scheduledBackupId(VM, '2026-03-01T02:00:00Z');
  expect(jobId).toBe('20260301t020000z-backup-web-1-3f2a9c1d');
  expect(scheduledBackupId(VM, '2026-03-01T02:00:00.000Z')).toBe(jobId);
  expect(pointIdOf(VM, jobId)).toBe('web-1-3f2a9c1d.20260301t020000z');
});

test('two requests of one second make two jobs and two recovery points', () => {
  const [first, second] = ['aaaaaa', 'bbbbbb'].map((unique) =>
    onDemandBackupId(VM, '2026-03-01T02:00:00Z', unique),
  );
  expect(first).not.toBe(second);
  expect(pointIdOf(VM, first!)).toBe('web-1-3f2a9c1d.20260301t020000z-aaaaaa');
  expect(pointIdOf(VM, second!)).not.toBe(pointIdOf(VM, first!));
});

test('every job id fits the grammar and the 72 characters that the name of a snapshot leaves', () => {
  const longest = 'a'.repeat(40);
  for (const id of [
    onDemandBackupId(longest, '2026-03-01T02:00:00Z', 'abcdef'),
    restoreId(VM, '2026-03-01T02:00:00Z', 'abcdef'),
  ]) {
    expect(() => JobId.parse(id)).not.toThrow();
    expect(id.length).toBeLessThanOrEqual(72);
  }
});
