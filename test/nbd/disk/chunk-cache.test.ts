import fc from 'fast-check';
import { chunkCache } from '../../../nbd/disk/chunk-cache';

/** Loads that settle when they are told to. */
function gates() {
  const open: ((error?: Error) => void)[] = [];
  const load = (value: number) => (target: Buffer) =>
    new Promise<void>((resolve, reject) => {
      open.push((error) => {
        target.writeUInt32LE(value, 0);
        if (error) reject(error);
        else resolve();
      });
    });
  return { open, load };
}
const number = (bytes: Buffer) => bytes.readUInt32LE(0);
const now = (value: number) => async (target: Buffer) => {
  target.writeUInt32LE(value, 0);
};

test('everybody who asks for a chunk waits for one load', async () => {
  const cache = chunkCache(4);
  const { open, load } = gates();
  const all = Promise.all([1, 2, 3].map(() => cache.view('a', load(7), number)));
  await new Promise(setImmediate);
  expect(open).toHaveLength(1);
  expect(cache.loading).toBe(1);
  open[0]?.();
  expect(await all).toEqual([7, 7, 7]);
  expect(await cache.view('a', load(8), number)).toBe(7);
});

test('a load that failed is told to all who waited, and tried again by the next', async () => {
  const cache = chunkCache(1);
  const { open, load } = gates();
  const all = [1, 2].map(() => cache.view('a', load(1), number));
  await new Promise(setImmediate);
  open[0]?.(new Error('lost'));
  for (const one of await Promise.allSettled(all)) expect(one).toMatchObject({ status: 'rejected' });
  expect(await cache.view('a', now(2), number)).toBe(2);
});

test('what was used least lately makes room, and never what somebody waits for', async () => {
  const cache = chunkCache(2);
  await cache.view('a', now(1), number);
  await cache.view('b', now(2), number);
  await cache.view('a', now(0), number);
  await cache.view('c', now(3), number);
  expect([cache.has('a'), cache.has('b'), cache.has('c')]).toEqual([true, false, true]);
  const { open, load } = gates();
  const held = [cache.view('d', load(4), number), cache.view('e', load(5), number)];
  const waits = cache.view('f', now(6), number);
  await new Promise(setImmediate);
  expect([cache.has('d'), cache.has('e'), cache.has('f')]).toEqual([true, true, false]);
  for (const go of open) go();
  expect(await Promise.all([...held, waits])).toEqual([4, 5, 6]);
});

test('however few chunks there are, everybody gets the right one in the end', async () => {
  const wanted = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(wanted, fc.integer({ min: 1, max: 4 }), async (keys, limit) => {
      const cache = chunkCache(limit);
      const load = (key: number) => async (target: Buffer) => {
        await new Promise(setImmediate);
        target.writeUInt32LE(key, 0);
        if (key === 9) throw new Error('lost');
      };
      const results = await Promise.allSettled(keys.map((key) => cache.view(`${key}`, load(key), number)));
      for (const [at, key] of keys.entries())
        expect(results[at]).toMatchObject(
          key === 9 ? { status: 'rejected' } : { status: 'fulfilled', value: key },
        );
      expect(cache.loading).toBe(0);
    }),
    { numRuns: 40 },
  );
});
