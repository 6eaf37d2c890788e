import { bufferPool } from '../../../src/vault/codec/chunk-memory';

test('makes no more buffers than its limit: the next borrower waits for the first to give one back', async () => {
  const pool = bufferPool(16, 2);
  const [first, second] = await Promise.all([pool.borrow(), pool.borrow()]);
  let third: Awaited<ReturnType<typeof pool.borrow>> | undefined;
  const waiting = pool.borrow().then((lease) => {
    third = lease;
  });
  await Promise.resolve();
  expect(third).toBeUndefined();
  second.release();
  await waiting;
  expect(third?.bytes).toBe(second.bytes);
  expect(first.bytes).not.toBe(second.bytes);
});

test('a buffer that is given back twice is lent once', async () => {
  const pool = bufferPool(16, 2);
  const lease = await pool.borrow();
  lease.release();
  lease.release();
  const [one, other] = await Promise.all([pool.borrow(), pool.borrow()]);
  expect(one.bytes).not.toBe(other.bytes);
});

test('what waits longest gets the next one', async () => {
  const pool = bufferPool(16, 1);
  const lease = await pool.borrow();
  const order: number[] = [];
  const waiting = [1, 2, 3].map(async (number) => {
    const mine = await pool.borrow();
    order.push(number);
    mine.release();
  });
  lease.release();
  await Promise.all(waiting);
  expect(order).toEqual([1, 2, 3]);
});
