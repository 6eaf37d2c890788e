import { randomBytes } from 'node:crypto';
import { zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { BackupError } from '../../../src/failures/failure';
import {
  ENVELOPE_HEADER_BYTES,
  open,
  openInto,
  seal,
  sealInto,
  sealingRoom,
} from '../../../src/vault/format/envelope';
import { CHUNK_BYTES } from '../../../src/vault/format/geometry';

/** Both ways to open: to memory of its own, and to memory that is there. */
const openers = [
  (sealed: Buffer, limit: number) => open('chunk', sealed, limit, 'chunks/x'),
  async (sealed: Buffer, limit: number) => openInto('chunk', sealed, Buffer.alloc(limit), 'chunks/x'),
];

const refused = async (sealed: Buffer, limit = CHUNK_BYTES) => {
  for (const opened of openers) {
    const error = await opened(sealed, limit).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(BackupError);
    expect((error as Error).message).toContain('chunks/x');
  }
};

async function sealedBothWays(plain: Buffer): Promise<Buffer[]> {
  const room = Buffer.alloc(sealingRoom(plain.length));
  return [await seal('chunk', plain), room.subarray(0, sealInto('chunk', plain, room))];
}

/** An envelope as an attacker would make it: any header over any bytes. */
function forged(plainBytes: number, stored: Buffer, codec = 1): Buffer {
  const header = Buffer.alloc(ENVELOPE_HEADER_BYTES);
  header.write('DVMB');
  header.set([1, 1, codec, 0], 4);
  header.writeUInt32LE(plainBytes, 8);
  header.writeUInt32LE(stored.length, 12);
  return Buffer.concat([header, stored]);
}

test('what was sealed opens to the same bytes, small or large, compressible or not', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 70_000 }), fc.boolean(), async (bytes, repetitive) => {
      const plain = repetitive
        ? Buffer.alloc(bytes.length * 3, Buffer.from(bytes.slice(0, 9)))
        : Buffer.from(bytes);
      for (const sealed of await sealedBothWays(plain)) {
        expect(sealed.length).toBeLessThanOrEqual(plain.length + ENVELOPE_HEADER_BYTES);
        for (const opened of openers) expect((await opened(sealed, plain.length)).equals(plain)).toBe(true);
      }
    }),
    { numRuns: 100 },
  );
});

test('any bytes at all are refused with the name of the object', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), (bytes) => refused(Buffer.from(bytes))),
  );
});

test('every changed byte of a header is refused, and so is every truncation', async () => {
  const [sealed = Buffer.alloc(0)] = await sealedBothWays(Buffer.alloc(5000, 'some text that compresses'));
  for (let at = 0; at < ENVELOPE_HEADER_BYTES; at += 1) {
    const changed = Buffer.from(sealed);
    changed.writeUInt8(changed.readUInt8(at) ^ 0x21, at);
    await refused(changed);
  }
  for (const length of [0, 3, ENVELOPE_HEADER_BYTES, sealed.length - 1])
    await refused(sealed.subarray(0, length));
  await refused(Buffer.concat([sealed, Buffer.alloc(1)]));
});

test('an envelope is not made where there is no room for it', () => {
  expect(() => sealInto('chunk', randomBytes(1000), Buffer.alloc(600))).toThrow(RangeError);
});

test('a bomb is refused before it takes more memory than its kind may have', async () => {
  const bomb = zstdCompressSync(Buffer.alloc(256 * 1024 * 1024));
  const before = process.memoryUsage.rss();
  await refused(forged(4_000_000_000, bomb));
  await refused(forged(CHUNK_BYTES, bomb));
  await refused(forged(100, bomb));
  expect(process.memoryUsage.rss() - before).toBeLessThan(64 * 1024 * 1024);
});

test('a frame that inflates to less than its header says is refused', async () => {
  await refused(forged(200, zstdCompressSync(Buffer.alloc(100))));
  await refused(forged(200, Buffer.alloc(100), 0));
});
