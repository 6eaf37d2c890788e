import {
  forgetSettled,
  hasRefusals,
  noteRefusals,
  type Refused,
  refusals,
} from '../../src/protection/refusals';
import { memoryBlobStore } from '../../src/storage/memory-blob-store';

const MONDAY = '2026-03-02T09:17:00.000Z';
const hoursLater = (hours: number) => new Date(Date.parse(MONDAY) + hours * 3_600_000).toISOString();
const locked = (name: string): Refused => ({
  resourceId: `/disks/${name}`,
  jobId: 'job',
  code: 'ResourceLocked',
  message: 'The scope is locked.',
});
let told: string[];
let store: ReturnType<typeof memoryBlobStore>;
const log = { warn: (line: string) => void told.push(line) };
const note = (at: string, ...refused: Refused[]) =>
  noteRefusals({ store, settings: {} }, log, { by: 'sweep', at }, refused);
const known = async () => {
  const all = [];
  for await (const { value } of refusals(store).list()) all.push(value);
  return all.sort((left, right) => left.resourceId.localeCompare(right.resourceId));
};
beforeEach(() => {
  told = [];
  store = memoryBlobStore({ now: () => new Date(MONDAY) });
});

test('what cannot be removed is told once, not sixteen times, and then again after a week', async () => {
  for (let hour = 0; hour < 16; hour++) await note(hoursLater(hour), locked('a'));
  expect(told).toEqual([expect.stringMatching(/^DVB1004 backup\.leftover \/disks\/a: ResourceLocked/)]);
  expect(told[0]).toContain('The scope is locked.');
  expect(await known()).toMatchObject([
    { resourceId: '/disks/a', since: MONDAY, triedAt: hoursLater(15), toldAt: MONDAY },
  ]);
  await note(hoursLater(7 * 24), locked('a'));
  expect(told).toHaveLength(2);
  expect((await known())[0]?.since).toBe(MONDAY);
});

test('another cause is told at once, and so is another thing; one cause of many things is one sentence', async () => {
  await note(MONDAY, locked('a'));
  await note(hoursLater(1), { ...locked('a'), code: 'ComputeAccessDenied' });
  expect(told).toHaveLength(2);
  await note(hoursLater(2), ...['b', 'c', 'd', 'e', 'f', 'g', 'h'].map(locked));
  expect(told).toHaveLength(3);
  expect(told[2]).toContain('/disks/b, /disks/c, /disks/d, /disks/e, /disks/f and 2 more');
});

describe('a lock', () => {
  const COLLECTION = '/subscriptions/s/resourceGroups/prod/providers/x/restorePointCollections';
  const point = (vm: string, name: string, lock = 'prod'): Refused => ({
    resourceId: `${COLLECTION}/${vm}/restorePoints/${name}`,
    code: 'ResourceLocked',
    message: `ScopeLocked: following scope(s) are locked: '/resourceGroups/${lock}'.`,
  });

  test('is told once for a VM, however many snapshots it keeps, day after day, and again after a week', async () => {
    await note(MONDAY, point('web', '1'), point('web', '2'), point('db', '1'));
    expect(told).toHaveLength(1);
    expect(told[0]).toContain(
      `2 snapshots in ${COLLECTION}/web, ${COLLECTION}/db/restorePoints/1 cannot be removed. ScopeLocked`,
    );
    for (let day = 1; day < 7; day++) {
      const kept = Array.from({ length: day + 2 }, (_, index) => point('web', `${index + 1}`));
      await note(hoursLater(24 * day), ...kept, point('db', '1'));
    }
    expect(told).toHaveLength(1);
    await note(hoursLater(7 * 24), point('web', '9'), point('db', '1'));
    expect(told).toHaveLength(2);
    await note(hoursLater(8 * 24), point('web', '10'), point('mail', '1'));
    expect(told[2]).toContain('/mail/');
    expect(told[2]).not.toContain('/web');
  });

  test('and another one are two causes, each with its own things', async () => {
    await note(MONDAY, point('web', '1', 'prod'), point('db', '1', 'data'), point('web', '2', 'prod'));
    expect(told).toHaveLength(2);
    expect(told[0]).toContain('2 snapshots in');
    expect(told[0]).toContain("'/resourceGroups/prod'");
    expect(told[1]).toContain(
      "/db/restorePoints/1 cannot be removed. ScopeLocked: following scope(s) are locked: '/resourceGroups/data'",
    );
    await note(hoursLater(1), point('web', '1', 'web-1'));
    expect(told[2]).toContain("'/resourceGroups/web-1'");
  });
});

test('a turn that is repeated tells nothing twice; one that died before it had noted tells it again', async () => {
  await note(MONDAY, locked('a'));
  await note(MONDAY, locked('a'));
  expect(told).toHaveLength(1);
});

test('what a sweep was not refused any more is forgotten, what another one tried is not', async () => {
  await note(MONDAY, locked('a'), locked('b'));
  await noteRefusals({ store, settings: {} }, log, { by: 'settle', at: MONDAY }, [locked('vm')]);
  await note(hoursLater(1), locked('b'));
  await forgetSettled(store, { by: 'sweep', at: hoursLater(1) });
  expect((await known()).map(({ resourceId }) => resourceId)).toEqual(['/disks/b', '/disks/vm']);
  expect(await hasRefusals(store, 'job')).toBe(true);
  expect(await hasRefusals(store, 'another')).toBe(false);
});

test('a note that cannot be read keeps nothing else from being told', async () => {
  await store.put('refusals/damaged.json', Buffer.from('{"half'));
  await note(MONDAY, locked('a'));
  await forgetSettled(store, { by: 'sweep', at: hoursLater(1) });
  expect(told).toHaveLength(1);
});
