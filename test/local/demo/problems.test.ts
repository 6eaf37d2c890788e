import type { EmulatorState } from '../../../client/emulator-client';
import { failedJobs, leftovers, mismatches, missingJobs } from '../../../local/demo/problems';
import type { Comparison } from '../../../local/demo/restore';

const clean: EmulatorState = {
  vms: [],
  disks: [],
  restorePoints: [],
  snapshots: [],
  grants: [],
  operations: [],
};
const point = (vm: string) => ({ id: `/rp/${vm}`, name: `rp-${vm}`, vm, consistencyMode: '' });

describe('what makes the demo fail', () => {
  it('is a disk that came back different, or not at all', () => {
    const same: Comparison = { vm: 'a', diskId: 'os', sizeBytes: 1, point: 1, expected: 'x', restored: 'x' };
    expect(mismatches([same])).toEqual([]);
    expect(
      mismatches([
        { ...same, restored: 'y' },
        { ...same, point: 2, diskId: 'lun-3', restored: undefined },
      ]),
    ).toEqual([
      'a: OS disk of point 1 differs from what the disk held at the snapshot',
      'a: disk 3 of point 2 was not restored',
    ]);
  });

  it('is a disk access that is still open', () => {
    expect(leftovers({ ...clean, grants: [{ resourceId: '/disks/d', access: 'Read' }] }, [])).toEqual([
      'a disk access (Read) is open: /disks/d',
    ]);
  });

  it('is a snapshot that no policy keeps', () => {
    expect(leftovers({ ...clean, restorePoints: [point('a'), point('a')] }, ['a'])).toEqual([]);
    expect(leftovers({ ...clean, restorePoints: [point('b')] }, [])).toEqual([
      'b: its snapshot rp-b is left',
    ]);
    expect(leftovers({ ...clean, snapshots: [{ id: '/s', name: 's' }] }, ['a'])).toContain(
      'the disk snapshot s is left',
    );
  });

  it('is a snapshot that a policy keeps and that is not there', () => {
    expect(leftovers(clean, ['a'])).toEqual(['a: its policy keeps a snapshot, but there is none']);
  });

  it('is a job that failed, did not end, or was never started', () => {
    const job = {
      id: 'j',
      kind: 'backup' as const,
      vm: 'k',
      vmName: 'a',
      trigger: 'schedule' as const,
      createdAt: '',
      disks: [],
      warnings: [],
      logicalBytes: 0,
      readBytes: 0,
      changedBytes: 0,
      zeroedBytes: 0,
      sentBytes: 0,
      storedBytes: 0,
    };
    const error = { step: 's', code: 'C', message: 'It broke.', remedy: 'Mend it.', retryable: false };
    expect(
      failedJobs([
        { ...job, state: 'Succeeded' },
        { ...job, state: 'Failed', error },
        { ...job, state: 'Running', phase: 'transfer' },
      ]),
    ).toEqual([
      'a: the backup failed: It broke. Mend it.',
      'a: the backup did not end in time (Running, transfer)',
    ]);
    expect(missingJobs(['a', 'b'], [{ ...job, state: 'Succeeded' }], 'first backup')).toEqual([
      'b: no first backup was started',
    ]);
  });
});
