import { chooseBase, type PreviousDisk } from '../../src/backup/choose-base';

const disk = { diskId: 'os', sourceId: '/now', uniqueId: 'u1', familyId: 'f1' };
const previous: PreviousDisk = { diskId: 'os', pointId: 'p1', uniqueId: 'u1', sizeBytes: 1 };
const point = { pointId: 'p1', diskId: 'os' };
const kept = { sourceId: '/base', familyId: 'f1' };

test('a first backup reads the disk in full', () => {
  expect(chooseBase(disk, [])).toEqual({});
});

test('without a kept snapshot the next backup compares checksums with the newest point', () => {
  expect(chooseBase(disk, [previous])).toEqual({ point });
});

test('a kept snapshot of the same disk and family gives the changed pages', () => {
  expect(chooseBase(disk, [{ ...previous, snapshot: kept }])).toEqual({ point, baseSourceId: '/base' });
});

test('a disk that was made anew under the same name is read in full, and only compared with the old one', () => {
  const replaced = chooseBase(disk, [{ ...previous, uniqueId: 'u0', snapshot: kept }]);
  expect(replaced).toEqual({ point, anotherDisk: true, reason: expect.stringContaining('unique id') });
});

test('a disk is tracked as before at whatever LUN it is', () => {
  const others = { ...previous, uniqueId: 'u2', snapshot: { sourceId: '/other', familyId: 'f1' } };
  const moved = chooseBase(disk, [others, { ...previous, diskId: 'lun-3', snapshot: kept }]);
  expect(moved).toEqual({ point: { pointId: 'p1', diskId: 'lun-3' }, baseSourceId: '/base' });
});

test('a disk that was restored is compared with what it was restored from, and then with itself', () => {
  const from = { pointId: 'p0', diskId: 'lun-1' };
  const restored = chooseBase(disk, [{ ...previous, uniqueId: 'u0' }], from);
  expect(restored).toEqual({ point: from, anotherDisk: true, reason: expect.stringContaining('p0 (lun-1)') });
  expect(chooseBase(disk, [previous], from)).toEqual({ point });
});

test('a kept snapshot of another family is not trusted', () => {
  const foreign = chooseBase(disk, [{ ...previous, snapshot: { ...kept, familyId: 'f0' } }]);
  expect(foreign).toEqual({ point, reason: expect.stringContaining('family') });
});

test('two disks whose identity nobody knows are not taken for the same one', () => {
  const unknown = chooseBase({ ...disk, uniqueId: '' }, [{ ...previous, uniqueId: '' }]);
  expect(unknown).toEqual({ point, anotherDisk: true, reason: expect.stringContaining('not known') });
});
