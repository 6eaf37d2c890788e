import { type FinishedBackup, pointDraft } from '../../src/backup/point-draft';
import { toFailure } from '../../src/failures/failure';

const backup = {
  request: { jobId: '20260301t020000z-backup-web', vmKey: 'web', ref: {}, policy: {} },
  snapshotKept: false,
} as FinishedBackup;

test('a disk of the snapshot that was not transferred is a fault of the program, and is not tried again', () => {
  const snapshot = { restorePointId: '/rp', time: '2026-03-01T02:00:00Z', disks: [{ diskId: 'os' }] };
  const draft = () => pointDraft(backup, { configuration: {}, snapshot: snapshot as never, transfers: [] });
  expect(draft).toThrow('The disk os of the snapshot was not transferred.');
  try {
    draft();
  } catch (error) {
    expect(toFailure(error)).toMatchObject({ code: 'BrokenInvariant', retryable: false });
  }
});
