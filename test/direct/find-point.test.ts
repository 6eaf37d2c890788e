import { findPointNamed } from '../../direct/find-point';

const point = (vmKey: string, vmName: string, snapshotTime: string) => ({
  pointId: `${vmKey}.${snapshotTime.replace(/[-:]/g, '').toLowerCase().replace('.000', '')}`,
  vmKey,
  vmName,
  snapshotTime,
});
const old = point('web-1-aa11', 'web-1', '2026-11-19T23:00:00.000Z');
const morning = point('web-1-aa11', 'web-1', '2026-11-20T01:00:00.000Z');
const evening = point('web-1-aa11', 'web-1', '2026-11-20T23:00:00.000Z');
const ofOther = point('web-10-bb22', 'web-10', '2026-11-21T01:00:00.000Z');
const ofTwin = point('db-cc33', 'db', '2026-11-21T01:00:00.000Z');
const ofTwin2 = point('db-dd44', 'db', '2026-11-22T01:00:00.000Z');
const points = [evening, old, ofOther, morning, ofTwin, ofTwin2];

test.each([
  ['its id', old.pointId, old],
  ['the newest of a VM, whose name begins another one’s', 'web-1@latest', evening],
  ['the newest of a day', 'web-1@2026-11-20', evening],
  ['so many before the newest', 'web-1@-2', old],
  ['the newest itself', 'web-1@-0', evening],
  ['the beginning of a key', 'web-10-b@latest', ofOther],
  ['a whole key', 'db-cc33@latest', ofTwin],
])('a point is meant by %s', (_what, name, meant) => {
  expect(findPointNamed(points, name)).toEqual({ point: meant });
});

test('several VMs of one name, or of keys that begin alike, are candidates', () => {
  expect(findPointNamed(points, 'db@latest')).toEqual({ candidates: [ofTwin2, ofTwin] });
  expect(findPointNamed(points, 'web-1-@latest')).toEqual({ point: evening });
  expect(findPointNamed(points, 'web@latest')).toEqual({ candidates: [ofOther, evening] });
});

test.each(['web-1@2026-11-18', 'web-1@-3', 'web-1@newest', 'web-1', '@latest', 'nobody@latest', ''])(
  'nothing is meant by %p',
  (name) => {
    expect(() => findPointNamed(points, name)).toThrow('RecoveryPointNotFound');
  },
);
