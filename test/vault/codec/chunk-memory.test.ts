import { bufferPool, type Lease } from '../../../src/vault/codec/chunk-memory';

const one = { name: 'one' };
const other = { name: 'other' };

/** What has been lent by now, without waiting for what has not. */
async function lentNow(borrowing: Promise<Lease>[]): Promise<number> {
  let lent = 0;
  for (const lease of borrowing) void lease.then(() => (lent += 1));
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  return lent;
}

test('makes no more buffers than its limit: the next loan waits until one is given back', async () => {
  const pool = bufferPool(16, 2);
  const [, second] = await Promise.all([pool.borrow(one), pool.borrow(one)]);
  const third = pool.borrow(one);
  expect(await lentNow([third])).toBe(0);
  second.release();
  expect((await third).bytes).toBe(second.bytes);
});

test('a buffer that is given back twice is lent once', async () => {
  const pool = bufferPool(16, 2);
  const lease = await pool.borrow(one);
  lease.release();
  lease.release();
  const [first, second] = await Promise.all([pool.borrow(one), pool.borrow(one)]);
  expect(first.bytes).not.toBe(second.bytes);
});

test('what waits longest gets the next one', async () => {
  const pool = bufferPool(16, 1);
  const lease = await pool.borrow(one);
  const order: number[] = [];
  const waiting = [1, 2, 3].map(async (number) => {
    const mine = await pool.borrow(one);
    order.push(number);
    mine.release();
  });
  lease.release();
  await Promise.all(waiting);
  expect(order).toEqual([1, 2, 3]);
});

test('a borrower that keeps all it got never stops another one', async () => {
  const pool = bufferPool(16, 2);
  await Promise.all([pool.borrow(one), pool.borrow(one)]);
  const starved = pool.borrow(one);
  const order: number[] = [];
  const work = Array.from({ length: 20 }, async (_, number) => {
    const lease = await pool.borrow(other);
    order.push(number);
    await Promise.resolve();
    lease.release();
  });
  await Promise.all(work);
  expect(order).toHaveLength(20);
  expect(await lentNow([starved])).toBe(0);
});

test('a buffer that is given back goes to whoever holds fewest', async () => {
  const pool = bufferPool(16, 3);
  const rich = await Promise.all([pool.borrow(one), pool.borrow(one)]);
  await pool.borrow(other);
  const greedy = pool.borrow(one);
  const modest = pool.borrow(other);
  rich[0]?.release();
  // Each holds one now: who waits longest is served.
  expect(await lentNow([greedy, modest])).toBe(1);
  await greedy;
  rich[1]?.release();
  expect(await lentNow([modest])).toBe(1);
});

test('what was lent beyond the limit is not kept', async () => {
  const pool = bufferPool(16, 1);
  const first = await pool.borrow(one);
  const beyond = await pool.borrow(other);
  beyond.release();
  first.release();
  const [a, b] = [await pool.borrow(one), pool.borrow(one)];
  expect(a.bytes).toBe(first.bytes);
  expect(await lentNow([b])).toBe(0);
});
