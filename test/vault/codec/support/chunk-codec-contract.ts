import { randomBytes } from 'node:crypto';
import type { ChunkCodec } from '../../../../src/vault/codec/chunk-codec';
import { gatherBlocks } from '../../../../src/vault/format/block-map';
import { digestBlocks } from '../../../../src/vault/format/digests';
import { open, sealingRoom } from '../../../../src/vault/format/envelope';
import { CHUNK_BYTES } from '../../../../src/vault/format/geometry';
import { sha256Hex } from '../../../../src/vault/format/names';

/** Memory that every codec can work on. */
const memory = (bytes: number) => Buffer.from(new SharedArrayBuffer(bytes));

function chunkOf(content: Buffer): Buffer {
  const chunk = memory(CHUNK_BYTES);
  content.copy(chunk);
  return chunk;
}

/** What every codec promises, wherever it does its work. */
export function chunkCodecContract(make: () => ChunkCodec): void {
  let codec: ChunkCodec;
  beforeAll(() => {
    codec = make();
  });
  afterAll(() => codec.close());

  const text = chunkOf(Buffer.alloc(CHUNK_BYTES, 'a line of text, '));
  const noise = chunkOf(randomBytes(CHUNK_BYTES));

  async function sealed(chunk: Buffer): Promise<Buffer> {
    const target = memory(sealingRoom(CHUNK_BYTES));
    return target.subarray(0, await codec.seal(chunk, target));
  }

  test('names a chunk by its content and digests its blocks', async () => {
    expect(await codec.describe(text)).toEqual({ name: sha256Hex(text), digests: digestBlocks(text) });
  });

  test('says nothing about a chunk that is still the one of that name', async () => {
    expect(await codec.describeOther(text, sha256Hex(text))).toBeUndefined();
    expect(await codec.describeOther(text, sha256Hex(noise))).toEqual(await codec.describe(text));
    expect(await codec.describeOther(text, undefined)).toEqual(await codec.describe(text));
  });

  test('opens what it sealed to the same bytes, whether it compresses or not', async () => {
    expect((await sealed(text)).length).toBeLessThan(CHUNK_BYTES / 10);
    for (const chunk of [text, noise]) {
      const target = memory(CHUNK_BYTES);
      await codec.open(await sealed(chunk), sha256Hex(chunk), target);
      expect(target.equals(chunk)).toBe(true);
    }
  });

  test('seals the data blocks of a patch, and none where there are none', async () => {
    const runs = [
      { start: 1, count: 2, zero: false },
      { start: 9, count: 1, zero: true },
      { start: 1023, count: 1, zero: false },
    ];
    const blocks = gatherBlocks(noise, runs);
    const patch = await codec.sealPatch(noise, runs);
    expect(patch).toMatchObject({ plainBytes: blocks.length, hash: sha256Hex(blocks) });
    expect(patch?.digests).toEqual(digestBlocks(blocks));
    expect(await open('patch', patch?.envelope ?? noise, blocks.length, 'packs/x')).toEqual(blocks);
    expect(await codec.sealPatch(noise, runs.slice(1, 2))).toBeUndefined();
  });

  test('refuses a chunk under another name, a damaged one and a short one, and names the blob', async () => {
    const blob = await sealed(text);
    const other = sha256Hex(noise);
    const object = { objectName: `chunks/${other}`, failure: { code: 'VaultObjectDamaged' } };
    await expect(codec.open(blob, other)).rejects.toMatchObject(object);
    const name = sha256Hex(text);
    const damaged = { objectName: `chunks/${name}`, failure: { code: 'VaultObjectDamaged' } };
    await expect(codec.open(blob.subarray(0, 100), name)).rejects.toMatchObject(damaged);
    const half = text.subarray(0, CHUNK_BYTES / 2);
    await expect(codec.open(await sealed(half), sha256Hex(half))).rejects.toThrow('not one chunk long');
  });

  test('works on many chunks at once without mixing them up', async () => {
    const chunks = Array.from({ length: 12 }, (_, k) => chunkOf(Buffer.alloc(CHUNK_BYTES, `chunk ${k} `)));
    const names = await Promise.all(chunks.map(async (chunk) => (await codec.describe(chunk)).name));
    expect(names).toEqual(chunks.map(sha256Hex));
  });
}
