import { randomBytes } from 'node:crypto';
import { zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { zstd } from '../../../src/vault/format/zstd';
import { zstdByHandle } from '../../../src/vault/format/zstd-handle';
import { frameBound, type ZstdInto, zstdByFunctions } from '../../../src/vault/format/zstd-into';

const BYTES = 300_000;
const NEIGHBOURS = 32;

/** Contents of every kind: none, repeating, random, and both by turns. */
const contents = fc
  .tuple(fc.nat({ max: BYTES }), fc.constantFrom('repeating', 'random', 'mixed'))
  .map(([length, kind]) => {
    const bytes = kind === 'repeating' ? Buffer.alloc(length, 'to and fro, ') : randomBytes(length);
    if (kind === 'mixed') bytes.fill('a', length >> 2, length >> 1);
    return bytes;
  });

function contract(zstd: ZstdInto): void {
  test('gives back what it took, and leaves the memory behind it alone', () => {
    fc.assert(
      fc.property(contents, (plain) => {
        const bound = frameBound(plain.length);
        const frame = Buffer.alloc(bound + NEIGHBOURS, 0xee);
        const length = zstd.compress(plain, frame.subarray(0, bound)) ?? Number.NaN;
        expect(frame.subarray(bound).every((byte) => byte === 0xee)).toBe(true);

        const back = Buffer.alloc(plain.length + NEIGHBOURS, 0xee);
        expect(zstd.decompress(frame.subarray(0, length), back.subarray(0, plain.length))).toBe(plain.length);
        expect(back.subarray(0, plain.length).equals(plain)).toBe(true);
        expect(back.subarray(plain.length).every((byte) => byte === 0xee)).toBe(true);
      }),
    );
  });

  test('says when a frame does not fit, and makes the next one as if nothing had been', () => {
    const noise = randomBytes(BYTES);
    const text = Buffer.alloc(BYTES, 'a line of text, ');
    for (const room of [0, 1, 100, BYTES / 2, BYTES]) {
      expect(zstd.compress(noise, Buffer.alloc(room))).toBeUndefined();
      const frame = Buffer.alloc(frameBound(BYTES));
      const length = zstd.compress(text, frame);
      const back = Buffer.alloc(BYTES);
      expect(zstd.decompress(frame.subarray(0, length), back)).toBe(BYTES);
      expect(back.equals(text)).toBe(true);
    }
  });

  test('refuses a frame that holds more than there is room for', () => {
    const frame = zstdCompressSync(Buffer.alloc(BYTES, 'more and more, '));
    for (const room of [0, 1, BYTES / 2, BYTES - 1])
      expect(() => zstd.decompress(frame, Buffer.alloc(room))).toThrow();
    expect(zstd.decompress(frame, Buffer.alloc(BYTES + 1))).toBe(BYTES);
  });

  test('refuses a frame that asks for a larger window than ours have', () => {
    const wide = Buffer.from('28b52ffd0070010000', 'hex');
    expect(() => zstd.decompress(wide, Buffer.alloc(BYTES))).toThrow();
  });

  test('never takes what is no frame for one', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), (bytes) => {
        expect(() => {
          if (zstd.decompress(Buffer.from(bytes), Buffer.alloc(BYTES)) === 0) throw new Error('cut short');
        }).toThrow();
      }),
    );
  });
}

describe('by the documented functions', () => contract(zstdByFunctions));

describe('by the handle', () => {
  test('this Node has one, and it is used', () => {
    expect(zstdByHandle).toBeDefined();
    expect(zstd).toBe(zstdByHandle);
  });

  test('refuses a frame that a stray byte follows', () => {
    const frame = Buffer.concat([zstdCompressSync(Buffer.alloc(BYTES, 'and then, ')), Buffer.of(7)]);
    for (const room of [BYTES, BYTES + 1])
      expect(() => zstd.decompress(frame, Buffer.alloc(room))).toThrow('left over');
  });

  if (zstdByHandle) contract(zstdByHandle);
});
