import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import type { ServeAddress } from '../../../nbd/address';
import { chosen, dataOf, type RawClient, runsOf } from '../support/nbd-client';
import { MiB, pattern, serve, smallDisk, vaultWithPoint } from '../support/served-vault';

const folder = mkdtempSync(path.join(tmpdir(), 'overlay-'));
afterAll(() => rmSync(folder, { recursive: true }));
const { disk, bytes } = smallDisk();
let made: Awaited<ReturnType<typeof vaultWithPoint>>;
beforeAll(async () => {
  made = await vaultWithPoint({ os: disk });
});

const READ = 0;
const WRITE = 1;
const FLUSH = 3;
const TRIM = 4;
const WRITE_ZEROES = 6;
const FUA = 1;
const NO_HOLE = 2;

const open = (overlay?: string) => serve(made.vault, made.pointId, { writable: { overlay } });
const clientOf = (address: ServeAddress) => chosen(address, '');
const errorOf = async (client: RawClient) => (await client.replies()).at(-1)?.error;

async function write(client: RawClient, offset: number, data: Buffer, flags = 0) {
  client.request(WRITE, offset, data.length, flags);
  client.send(data);
  return errorOf(client);
}
async function read(client: RawClient, offset: number, length: number) {
  client.request(READ, offset, length);
  return dataOf(await client.replies(), offset, length).bytes;
}
async function ask(client: RawClient, command: number, offset: number, length: number, flags = 0) {
  client.request(command, offset, length, flags);
  return errorOf(client);
}

test('says what may be asked: writes, TRIM, WRITE_ZEROES, FLUSH, FUA, over many connections', async () => {
  const server = await open();
  const client = await clientOf(server.address);
  const other = await clientOf(server.address);
  expect(await write(client, 5000, Buffer.from('written'))).toBe(0);
  expect(await ask(client, FLUSH, 0, 0)).toBe(0);
  expect((await read(other, 4998, 11)).subarray(2, 9).toString()).toBe('written');
  for (const one of [client, other]) one.close();
  await server.close();
});

test('what was written is kept in the overlay, and nothing of it in the vault', async () => {
  const overlay = path.join(folder, 'kept');
  const first = await open(overlay);
  const client = await clientOf(first.address);
  const expected = Buffer.from(bytes);
  pattern(MiB, 9).copy(expected, 4 * MiB + 777);
  expect(await write(client, 4 * MiB + 777, pattern(MiB, 9), FUA)).toBe(0);
  client.close();
  await first.close();
  expect(statSync(overlay).blocks * 512).toBeLessThan(4 * MiB);
  expect(statSync(overlay).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(['kept']);

  const again = await open(overlay);
  const reader = await clientOf(again.address);
  expect((await read(reader, 0, 11 * MiB)).equals(expected.subarray(0, 11 * MiB))).toBe(true);
  reader.close();
  await again.close();
  const plain = await serve(made.vault, made.pointId);
  const untouched = await clientOf(plain.address);
  expect((await read(untouched, 0, 11 * MiB)).equals(bytes.subarray(0, 11 * MiB))).toBe(true);
  untouched.close();
  await plain.close();
});

test('zeros take no room and are told as holes, unless the client forbids it', async () => {
  const server = await open();
  const client = await clientOf(server.address);
  expect(await ask(client, WRITE_ZEROES, 100, 2 * MiB)).toBe(0);
  expect(await ask(client, TRIM, 8 * MiB, MiB)).toBe(0);
  expect(await ask(client, WRITE_ZEROES, 4 * MiB, 8192, NO_HOLE)).toBe(0);
  expect((await read(client, 0, 100)).equals(bytes.subarray(0, 100))).toBe(true);
  expect((await read(client, 100, 2 * MiB)).equals(Buffer.alloc(2 * MiB))).toBe(true);
  const after = 2 * MiB + 100;
  expect((await read(client, after, 100)).equals(bytes.subarray(after, after + 100))).toBe(true);
  client.request(7, 0, bytes.length);
  expect(runsOf((await client.replies())[0]!)).toEqual([
    { length: 4096, state: 0 },
    { length: 2 * MiB - 4096, state: 3 },
    { length: 2 * MiB + 8192, state: 0 },
    { length: 4 * MiB - 8192 + MiB, state: 3 },
    { length: 2 * MiB + 1536, state: 0 },
  ]);
  client.close();
  await server.close();
});

test('the end of a disk that is no whole block can be written, and nothing behind it', async () => {
  const server = await open();
  const client = await clientOf(server.address);
  const end = bytes.length;
  expect(await write(client, end - 10, Buffer.alloc(10, 'e'))).toBe(0);
  expect((await read(client, end - 12, 12)).toString('latin1').endsWith('e'.repeat(10))).toBe(true);
  expect(await ask(client, WRITE_ZEROES, end - 1536, 1536)).toBe(0);
  expect((await read(client, end - 1536, 1536)).equals(Buffer.alloc(1536))).toBe(true);
  expect(await write(client, end - 10, Buffer.alloc(11, 'e'))).toBe(28);
  expect(await ask(client, TRIM, end, 4096)).toBe(28);
  client.close();
  await server.close();
});

test('any sequence of writes, zeros and reads, on two connections, is what a disk would do', async () => {
  const size = bytes.length;
  const range = fc
    .tuple(fc.integer({ min: 0, max: size - 1 }), fc.integer({ min: 1, max: 3 * MiB }))
    .map(([offset, length]) => ({ offset, length: Math.min(length, size - offset) }));
  const step = fc.record({
    what: fc.constantFrom(
      'write' as const,
      'zeros' as const,
      'real zeros' as const,
      'trim' as const,
      'reopen' as const,
    ),
    range,
    seed: fc.integer({ min: 1, max: 50 }),
    on: fc.integer({ min: 0, max: 1 }),
  });
  let round = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
      round += 1;
      const overlay = path.join(folder, `model-${round}`);
      const model = Buffer.from(bytes);
      let server = await open(overlay);
      let clients = [await clientOf(server.address), await clientOf(server.address)];
      for (const {
        what,
        range: { offset, length },
        seed,
        on,
      } of steps) {
        const client = clients[on]!;
        if (what === 'reopen') {
          for (const one of clients) one.close();
          await server.close();
          server = await open(overlay);
          clients = [await clientOf(server.address), await clientOf(server.address)];
        } else if (what === 'write') {
          expect(await write(client, offset, pattern(length, seed))).toBe(0);
          pattern(length, seed).copy(model, offset);
        } else {
          const command = what === 'trim' ? TRIM : WRITE_ZEROES;
          expect(await ask(client, command, offset, length, what === 'real zeros' ? NO_HOLE : 0)).toBe(0);
          model.fill(0, offset, offset + length);
        }
      }
      const all = await read(clients[0]!, 0, size);
      for (const one of clients) one.close();
      await server.close();
      rmSync(overlay);
      expect(all.equals(model)).toBe(true);
    }),
    { numRuns: 15 },
  );
});

test('two who write to one block at once lose nothing of each other', async () => {
  const server = await open();
  const clients = await Promise.all([1, 2, 3, 4].map(() => clientOf(server.address)));
  await Promise.all(
    clients.map((client, k) => write(client, 9 * MiB + k * 1000, Buffer.alloc(1000, `${k}`))),
  );
  const found = await read(clients[0]!, 9 * MiB, 4000);
  expect(found.toString()).toBe([0, 1, 2, 3].map((k) => `${k}`.repeat(1000)).join(''));
  for (const client of clients) client.close();
  await server.close();
});

describe('an overlay', () => {
  test('has one server, in this process or another', async () => {
    const overlay = path.join(folder, 'taken');
    const server = await open(overlay);
    await expect(open(overlay)).rejects.toThrow('OverlayInUse');
    await server.close();
    await (await open(overlay)).close();
  });

  test('is taken over from a server that was killed', async () => {
    const overlay = path.join(folder, 'orphaned');
    await (await open(overlay)).close();
    const { pid } = await new Promise<{ pid: number }>((resolve) => {
      const child = execFile(process.execPath, ['-e', ''], () => resolve({ pid: child.pid ?? 0 }));
    });
    writeFileSync(`${overlay}.lock`, `${pid} 1 0123456789abcdef\n`);
    const server = await open(overlay);
    await expect(open(overlay)).rejects.toThrow('OverlayInUse');
    await server.close();
    // Another process has its number now, but was born at another time.
    writeFileSync(`${overlay}.lock`, `${process.pid} 1 0123456789abcdef\n`);
    await (await open(overlay)).close();
  });

  test('of another disk, and a file that is none, are refused and stay as they are', async () => {
    const overlay = path.join(folder, 'other');
    const other = await vaultWithPoint({ os: smallDisk().disk });
    await (await serve(other.vault, other.pointId, { writable: { overlay } })).close();
    const before = readFileSync(overlay);
    await expect(open(overlay)).rejects.toThrow('OverlayNotOfDisk');
    expect(readFileSync(overlay).equals(before)).toBe(true);
    writeFileSync(path.join(folder, 'letter'), 'Dear reader');
    await expect(open(path.join(folder, 'letter'))).rejects.toThrow('OverlayNotOfDisk');
    expect(readFileSync(path.join(folder, 'letter'), 'utf8')).toBe('Dear reader');
    expect(readdirSync(folder).filter((name) => name.includes('.lock'))).toEqual([]);
  });

  test('that cannot be made says why', async () => {
    const overlay = path.join(folder, 'nowhere', 'overlay');
    await expect(open(overlay)).rejects.toThrow(/OverlayFailed.*ENOENT/);
    mkdirSync(path.dirname(overlay));
    await (await open(overlay)).close();
  });

  test('of several disks is a file for each', async () => {
    const two = await vaultWithPoint({ os: smallDisk().disk, 'lun-0': smallDisk().disk });
    const overlay = path.join(folder, 'both');
    await (await serve(two.vault, two.pointId, { writable: { overlay } })).close();
    expect(readdirSync(folder).filter((name) => name.startsWith('both'))).toEqual(['both.lun-0', 'both.os']);
  });

  test('that is full is ENOSPC, and the server goes on', async () => {
    const small = mkdtempSync(path.join(folder, 'small-'));
    const mounted = await promisify(execFile)('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', small]).then(
      () => true,
      () => false,
    );
    // Who may not mount has no small disk to fill; a refusal of the file is then all that can be shown.
    if (!mounted) return;
    try {
      const server = await open(path.join(small, 'overlay'));
      const client = await clientOf(server.address);
      expect(await write(client, 0, pattern(4 * MiB, 3))).toBe(28);
      expect(await write(client, 9 * MiB, pattern(4096, 3))).toBe(28);
      expect((await read(client, 10 * MiB, 4096)).equals(bytes.subarray(10 * MiB, 10 * MiB + 4096))).toBe(
        true,
      );
      expect(server.notes.join('\n')).toMatch(/ENOSPC/);
      client.close();
      await server.close().catch(() => undefined);
    } finally {
      await promisify(execFile)('umount', [small]);
    }
  });
});
