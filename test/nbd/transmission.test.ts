import type { NbdServer } from '../../nbd/server';
import { openVaultToRead } from '../../src/vault/vault';
import { damageAll } from '../vault/support/damage';
import { chosen, dataOf, type RawClient, runsOf } from './support/nbd-client';
import { heldStore, MiB, serve, smallDisk, vaultWithPoint } from './support/served-vault';

const { disk, bytes } = smallDisk();
let made: Awaited<ReturnType<typeof vaultWithPoint>>;
let server: NbdServer & { notes: string[] };
let name: string;
let client: RawClient;

beforeAll(async () => {
  made = await vaultWithPoint({ os: disk });
  server = await serve(made.vault, made.pointId);
  name = `${made.pointId}/os`;
});
beforeEach(async () => {
  client = await chosen(server.address, name);
});
afterEach(() => client.close());
afterAll(() => server.close());

const readOf = async (offset: number, length: number, flags = 0) => {
  client.request(0, offset, length, flags);
  return dataOf(await client.replies(), offset, length);
};

test.each([
  ['the first byte', 0, 1],
  ['an odd range', 12_345, 67_891],
  ['over the border of data and a hole', 3 * MiB - 100, 2 * MiB],
  ['nothing but a hole', 5 * MiB, MiB],
  ['over all chunks', 1, 11 * MiB],
  ['the last bytes', 11 * MiB, 1536],
])('reads %s', async (_what, offset, length) => {
  const { bytes: read, errors } = await readOf(offset, length);
  expect(errors).toEqual([]);
  expect(read.equals(bytes.subarray(offset, offset + length))).toBe(true);
});

test('tells holes as such, and sends none of their zeros', async () => {
  client.request(0, 4 * MiB, 4 * MiB);
  const replies = await client.replies();
  expect(replies.map(({ type }) => type)).toEqual([2]);
  expect(replies[0]?.payload.readUInt32BE(8)).toBe(4 * MiB);
});

test('answers in one piece who asks for it, up to 4 MiB', async () => {
  client.request(0, 3 * MiB, 2 * MiB, 4);
  const replies = await client.replies();
  expect(replies.map(({ type }) => type)).toEqual([1]);
  expect(dataOf(replies, 3 * MiB, 2 * MiB).bytes.equals(bytes.subarray(3 * MiB, 5 * MiB))).toBe(true);
  client.request(0, 0, 4 * MiB + 1, 4);
  expect((await client.replies())[0]?.error).toBe(75);
});

test('answers who knows no structured replies with the data whole, small and large', async () => {
  const old = await chosen(server.address, name, false);
  for (const [offset, length] of [
    [100, 1000],
    [1, 11 * MiB],
  ] as const) {
    old.request(0, offset, length);
    const { payload } = await old.reply(length);
    expect(payload.equals(bytes.subarray(offset, offset + length))).toBe(true);
  }
  old.request(0, bytes.length, 1);
  expect(await old.reply()).toMatchObject({ type: -1, error: 22 });
  old.close();
});

test('tells where data are and where holes, no further than asked, and one run to who wants one', async () => {
  client.request(7, 0, bytes.length);
  const [status] = await client.replies();
  expect(runsOf(status!)).toEqual([
    { length: 4 * MiB, state: 0 },
    { length: 4 * MiB, state: 3 },
    { length: 3 * MiB + 1536, state: 0 },
  ]);
  client.request(7, 3 * MiB, 6 * MiB, 8);
  expect(runsOf((await client.replies())[0]!)).toEqual([{ length: MiB, state: 0 }]);
});

test('CACHE fetches ahead what is then read without asking the vault', async () => {
  const fresh = await vaultWithPoint({ os: smallDisk().disk });
  const cold = await serve(fresh.vault, fresh.pointId);
  const reader = await chosen(cold.address, '');
  reader.request(5, 0, bytes.length);
  expect((await reader.replies())[0]).toMatchObject({ type: 0, error: 0 });
  const before = fresh.counted.requests();
  reader.request(0, 0, 11 * MiB);
  expect(dataOf(await reader.replies(), 0, 11 * MiB).bytes.equals(bytes.subarray(0, 11 * MiB))).toBe(true);
  expect(fresh.counted.requests()).toBe(before);
  reader.close();
  await cold.close();
});

test('fetches a chunk once, however many ask for it at once', async () => {
  const held = heldStore(made.memory);
  const slow = await serve(await openVaultToRead(held.store), made.pointId);
  const clients = await Promise.all(Array.from({ length: 4 }, () => chosen(slow.address, name)));
  for (const one of clients) for (let k = 0; k < 8; k += 1) one.request(0, k * 4096, 4096);
  held.letGo();
  for (const one of clients) for (let k = 0; k < 8; k += 1) expect((await one.replies())[0]?.error).toBe(0);
  expect(held.asked()).toBe(1);
  for (const one of clients) one.close();
  await slow.close();
});

test('what was begun is answered when the server ends', async () => {
  const held = heldStore(made.memory);
  const slow = await serve(await openVaultToRead(held.store), made.pointId);
  const last = await chosen(slow.address, name);
  last.request(0, 0, 4096);
  while (held.asked() === 0) await new Promise(setImmediate);
  const closed = slow.close();
  held.letGo();
  expect(dataOf(await last.replies(), 0, 4096).bytes.equals(bytes.subarray(0, 4096))).toBe(true);
  await last.closedByServer();
  await closed;
});

describe('what no client should ask', () => {
  const beyond = 2n ** 64n - 1n;
  test.each<[string, number, number | bigint, number, number, number]>([
    ['a byte beyond the end', 0, 11 * MiB + 1536, 1, 0, 22],
    ['a range over the end', 0, 11 * MiB, 4 * MiB, 0, 22],
    ['a range beyond what numbers hold', 0, beyond, 4096, 0, 22],
    ['nothing', 0, 0, 0, 0, 22],
    ['4 GiB', 0, 0, 0xffff_ffff, 0, 22],
    ['more than 32 MiB', 0, 0, 32 * MiB + 1, 0, 22],
    ['the state of nothing', 7, 0, 0, 0, 22],
    ['the state of 4 GiB', 7, 0, 0xffff_ffff, 0, 22],
    ['to trim', 4, 0, 4096, 0, 1],
    ['to write zeros', 6, 0, 4096, 0, 1],
    ['a flag that READ does not know', 0, 0, 4096, 2, 22],
    ['a command that nobody knows', 99, 0, 4096, 0, 22],
    ['to resize', 8, 0, 4096, 0, 22],
  ])(
    '%s is refused, and the next request is answered',
    async (_what, command, offset, length, flags, error) => {
      client.request(command, offset, length, flags, 99n);
      const [refused] = await client.replies();
      expect(refused).toMatchObject({ error, cookie: 99n });
      expect((await readOf(0, 8)).bytes).toEqual(bytes.subarray(0, 8));
    },
  );

  test('what is written to a point that is only read is passed over', async () => {
    client.request(1, 0, 300_000);
    client.send(Buffer.alloc(300_000, 1));
    expect((await client.replies())[0]?.error).toBe(1);
    expect((await readOf(0, 8)).bytes).toEqual(bytes.subarray(0, 8));
  });

  test('a write of 4 GiB, and what is no request, end it', async () => {
    client.request(1, 0, 0xffff_ffff);
    await client.closedByServer();
    const other = await chosen(server.address, name);
    other.send(Buffer.alloc(28, 'x'));
    await other.closedByServer();
  });

  test('a flag of BLOCK_STATUS without a context is EINVAL', async () => {
    const plain = await chosen(server.address, name, false);
    plain.request(7, 0, 4096);
    expect(await plain.reply()).toMatchObject({ type: -1, error: 22 });
    plain.close();
  });
});

describe('a vault that loses an object while it is served', () => {
  test('is an I/O error there, with its place and a note, and the rest goes on', async () => {
    const fresh = await vaultWithPoint({ os: smallDisk().disk });
    const lossy = await serve(fresh.vault, fresh.pointId);
    const reader = await chosen(lossy.address, '');
    reader.request(0, 0, 4096);
    expect((await reader.replies())[0]?.error).toBe(0);
    await damageAll(fresh.memory, 'chunks/', 'missing');
    await damageAll(fresh.memory, 'packs/', 'missing');
    reader.request(0, 7 * MiB, 2 * MiB);
    const { bytes: read, errors } = dataOf(await reader.replies(), 7 * MiB, 2 * MiB);
    expect(errors.map(({ error }) => error)).toEqual([5]);
    expect(errors[0]?.payload.readBigUInt64BE(errors[0].payload.length - 8)).toBe(BigInt(8 * MiB));
    expect(read.subarray(0, MiB).equals(Buffer.alloc(MiB))).toBe(true);
    expect(lossy.notes).toHaveLength(1);
    expect(lossy.notes[0]).toMatch(
      /\/os cannot be read at 8388608\+4194304: VaultObjectMissing: (chunks|packs)\//,
    );
    // What is in memory still serves, and the same is not told twice.
    reader.request(0, 0, 4096);
    expect(dataOf(await reader.replies(), 0, 4096).bytes.equals(bytes.subarray(0, 4096))).toBe(true);
    reader.request(0, 8 * MiB, 512);
    expect((await reader.replies())[0]?.error).toBe(5);
    expect(lossy.notes).toHaveLength(1);
    for await (const { name: left } of fresh.memory.list('damage/')) throw new Error(`${left} was written`);
    reader.close();
    await lossy.close();
  });

  test('a lost segment is told to be data, so that nobody takes it for zeros', async () => {
    const fresh = await vaultWithPoint({ os: smallDisk().disk });
    await damageAll(fresh.memory, 'segments/', 'missing');
    const lossy = await serve(fresh.vault, fresh.pointId);
    const reader = await chosen(lossy.address, '');
    reader.request(7, 0, bytes.length);
    expect(runsOf((await reader.replies())[0]!)).toEqual([{ length: bytes.length, state: 0 }]);
    reader.request(0, 5 * MiB, 512);
    expect((await reader.replies())[0]?.error).toBe(5);
    reader.close();
    await lossy.close();
  });

  test('a disk whose index is lost costs itself; the last one costs all', async () => {
    const fresh = await vaultWithPoint({ os: smallDisk().disk });
    await damageAll(fresh.memory, 'indexes/', 'missing');
    await expect(serve(fresh.vault, fresh.pointId)).rejects.toThrow('VaultObjectMissing');
  });
});
