import { selectDisks } from '../../src/backup/excluded-disks';
import type { InspectedDisk } from '../../src/compute/vms/inspect';
import { BackupPolicy } from '../../src/policies/policy';

const disk = (lun: number, obstacle?: InspectedDisk['obstacle']): InspectedDisk => ({
  diskId: lun < 0 ? 'os' : `lun-${lun}`,
  lun,
  name: `disk-${lun}`,
  resourceId: `/disk-${lun}`,
  uniqueId: `unique-${lun}`,
  sizeBytes: 1024,
  obstacle,
});
const shared = { code: 'DiskIsShared', title: 'The disk is shared.', remedy: 'Exclude it.' } as const;
const policy = (change: object) =>
  BackupPolicy.parse({ schedule: { frequency: 'daily', times: ['02:00'], timeZone: 'UTC' }, ...change });
const luns = (disks: { lun: number }[]) => disks.map(({ lun }) => lun);

test('a disk that cannot be backed up stays in the selection, and fails the backup, unless the policy says otherwise', () => {
  expect(luns(selectDisks([disk(-1), disk(0, shared)], policy({})).disks)).toEqual([-1, 0]);
});

test('a policy that skips such disks gets a partial point that says why', () => {
  const { disks, excluded } = selectDisks(
    [disk(-1), disk(0, shared), disk(1)],
    policy({ unsupportedDisks: 'skip' }),
  );
  expect(luns(disks)).toEqual([-1, 1]);
  expect(excluded).toEqual([
    expect.objectContaining({ lun: 0, resourceId: '/disk-0', reason: 'DiskIsShared: The disk is shared.' }),
  ]);
});

test('an OS disk that cannot be backed up is never skipped', () => {
  expect(luns(selectDisks([disk(-1, shared)], policy({ unsupportedDisks: 'skip' })).disks)).toEqual([-1]);
});

test('disks that the policy leaves out need no reason, and are not judged', () => {
  const { disks, excluded } = selectDisks(
    [disk(-1), disk(0, shared), disk(1)],
    policy({ disks: { exceptLuns: [0] } }),
  );
  expect(luns(disks)).toEqual([-1, 1]);
  expect(excluded).toEqual([expect.objectContaining({ lun: 0, reason: undefined })]);
});
