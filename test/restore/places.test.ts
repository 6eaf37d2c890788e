import { type PointDisk, type PresentDisk, placesToChange } from '../../src/restore/places';

const at = (lun: number, uniqueId: string, standsFor?: string): PresentDisk => ({
  slot: { lun, resourceId: `/disks/${uniqueId}` },
  uniqueId,
  standsFor,
});
const of = (lun: number, uniqueId?: string, standsFor?: string): PointDisk => ({ lun, uniqueId, standsFor });
const lunsOf = (disks: PointDisk[], attached: PresentDisk[]) => {
  const { present, others } = placesToChange(disks, attached);
  return { change: present.map(({ lun }) => lun), stay: others.map(({ lun }) => lun) };
};

test('the places of the point change, and every other disk stays', () => {
  const attached = [at(-1, 'os'), at(0, 'a'), at(1, 'new')];
  expect(lunsOf([of(-1, 'os'), of(0, 'a')], attached)).toEqual({ change: [-1, 0], stay: [1] });
});

test('a disk that has moved to another LUN leaves it', () => {
  const attached = [at(-1, 'os'), at(1, 'new'), at(3, 'a')];
  expect(lunsOf([of(-1, 'os'), of(0, 'a')], attached)).toEqual({ change: [-1, 3], stay: [1] });
});

test('what was restored before stands for the disk that it was made after, at whatever LUN', () => {
  const attached = [at(-1, 'os'), at(3, 'a2', 'a')];
  expect(lunsOf([of(-1, 'os'), of(0, 'a')], attached)).toEqual({ change: [-1, 3], stay: [] });
  expect(lunsOf([of(-1, 'os'), of(0, 'a3', 'a')], attached)).toEqual({ change: [-1, 3], stay: [] });
});

test('a copy that somebody attached beside its original stays', () => {
  const attached = [at(-1, 'os'), at(0, 'a'), at(5, 'a2', 'a')];
  expect(lunsOf([of(-1, 'os'), of(0, 'a')], attached)).toEqual({ change: [-1, 0], stay: [5] });
});

test('disks of unknown identity are known by their place alone', () => {
  const attached = [at(-1, ''), at(0, ''), at(1, '')];
  expect(lunsOf([of(-1), of(0, '')], attached)).toEqual({ change: [-1, 0], stay: [1] });
});
