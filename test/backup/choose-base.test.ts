import { chooseBase, type PreviousDisk } from '../../src/backup/choose-base';

const disk = { diskId: 'os', sourceId: '/now', uniqueId: 'u1', familyId: 'f1' };
const previous: PreviousDisk = { diskId: 'os', pointId: 'p1', uniqueId: 'u1', sizeBytes: 1 };
const kept = { sourceId: '/base', familyId: 'f1' };

test('a first backup reads the disk in full', () => {
  expect(chooseBase(disk, undefined)).toEqual({});
});

test('without a kept snapshot the next backup compares checksums with the newest point', () => {
  expect(chooseBase(disk, previous)).toEqual({ pointId: 'p1' });
});

test('a kept snapshot of the same disk and family gives the changed pages', () => {
  expect(chooseBase(disk, { ...previous, snapshot: kept })).toEqual({ pointId: 'p1', baseSourceId: '/base' });
});

test('a disk that was made anew under the same name is read in full, and the point says so', () => {
  const replaced = chooseBase(disk, { ...previous, uniqueId: 'u0', snapshot: kept });
  expect(replaced).toEqual({ reason: expect.stringContaining('unique id') });
});

test('a kept snapshot of another family is not trusted', () => {
  const foreign = chooseBase(disk, { ...previous, snapshot: { ...kept, familyId: 'f0' } });
  expect(foreign).toEqual({ pointId: 'p1', reason: expect.stringContaining('family') });
});

test('two disks whose identity nobody knows are not taken for the same one', () => {
  const unknown = chooseBase({ ...disk, uniqueId: '' }, { ...previous, uniqueId: '' });
  expect(unknown).toEqual({ reason: expect.stringContaining('not known') });
});
