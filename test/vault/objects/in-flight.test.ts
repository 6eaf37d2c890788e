import { memoryBlobStore } from '../../../src/storage/memory-blob-store';
import { type Brought, bringOnce, inFlightOf, nothingInFlight } from '../../../src/vault/objects/in-flight';

/** A blob on its way, whose end the test decides. */
function onItsWay() {
  let end: (outcome: Brought) => void = () => undefined;
  let fail: (error: Error) => void = () => undefined;
  const outcome = new Promise<Brought>((resolve, reject) => {
    end = resolve;
    fail = reject;
  });
  return { bring: () => outcome, end, fail };
}
const [ours, theirs] = [{}, {}];

test('what somebody writes at this moment is not sent by anybody else', async () => {
  const table = nothingInFlight();
  const first = onItsWay();
  const writer = bringOnce(table, 'chunks/a', ours, first.bring);
  const waiter = bringOnce(table, 'chunks/a', theirs, () => Promise.reject(new Error('sent twice')));
  first.end('written');
  expect([await writer, await waiter]).toEqual(['written', 'present']);
  expect(table.written.has('chunks/a')).toBe(true);
});

test('what another part only found there is looked at again, by its own rules; not by the same part', async () => {
  const table = nothingInFlight();
  const first = onItsWay();
  void bringOnce(table, 'chunks/a', ours, first.bring);
  const same = bringOnce(table, 'chunks/a', ours, () => Promise.reject(new Error('looked at twice')));
  const other = bringOnce(table, 'chunks/a', theirs, async () => 'written');
  first.end('present');
  expect([await same, await other]).toEqual(['present', 'written']);
});

test('what somebody failed at is tried again by whoever waits, and fails nobody else', async () => {
  const table = nothingInFlight();
  const first = onItsWay();
  const failed = bringOnce(table, 'chunks/a', ours, first.bring);
  const waiters = [theirs, theirs, {}].map((of) => bringOnce(table, 'chunks/a', of, async () => 'written'));
  first.fail(new Error('cancelled'));
  await expect(failed).rejects.toThrow('cancelled');
  expect((await Promise.all(waiters)).sort()).toEqual(['present', 'present', 'written']);
});

test('there is one table for a store, however many parts use it', () => {
  const store = memoryBlobStore();
  expect(inFlightOf(store)).toBe(inFlightOf(store));
  expect(inFlightOf(store)).not.toBe(inFlightOf(memoryBlobStore()));
});
