import { randomBytes } from 'node:crypto';
import { backupError } from '../../../src/failures/failure';
import { memoryBlobStore } from '../../../src/storage/memory-blob-store';
import { ObjectError, objectError } from '../../../src/storage/object-error';
import { onceMore } from '../../../src/storage/once-more';
import type { ChunkCodec } from '../../../src/vault/codec/chunk-codec';
import { inlineCodec } from '../../../src/vault/codec/inline-codec';
import { listDamage } from '../../../src/vault/objects/damage-notes';
import { readPoint } from '../../../src/vault/points';
import { openDiskImage } from '../../../src/vault/restore/disk-image';
import { openVault, type Vault } from '../../../src/vault/vault';
import { verifyPart } from '../../../src/vault/verify';
import { compiledThreadedCodec } from '../codec/support/compiled-threaded-codec';
import { backUp, restoreDisk } from '../support/backups';
import { flippingStore } from '../support/flipping-store';
import { SimulatedDisk } from '../support/simulated-disk';

const MiB = 1024 * 1024;
const ALWAYS = Number.POSITIVE_INFINITY;

const compiled = compiledThreadedCodec(1);
afterAll(() => compiled.close());
/** What was compiled has a class of its own for refusals; in the app it is the same one. */
const threads: ChunkCodec = {
  ...compiled,
  open: (...args) =>
    compiled.open(...args).catch(({ objectName, failure }: ObjectError) => {
      throw new ObjectError(objectName, failure);
    }),
};

/** A point whose disk has a chunk with a patch, and the way to its vault. */
async function vaultOnTheWay(codec = inlineCodec) {
  const way = flippingStore(memoryBlobStore());
  const vault = await openVault(way.store, { codec });
  const disk = new SimulatedDisk(4 * MiB);
  disk.write(0, randomBytes(4 * MiB));
  const first = disk.snapshot();
  const base = await backUp(vault, [{ diskId: 'os', source: first.source() }]);
  disk.write(512 * 1024, randomBytes(8192));
  const second = disk.snapshot();
  const source = second.source(first);
  const { pointId } = await backUp(vault, [{ diskId: 'os', source, base: base.pointId }]);
  return { way, vault, pointId, bytes: second.bytes() };
}

const KINDS = ['chunks/', 'packs/', 'segments/', 'indexes/', 'points/'];

describe.each([
  ['on the thread of the caller', inlineCodec],
  ['on threads of its own', threads],
])('opened %s', (_where, codec) => {
  test.each(KINDS)(
    '%s: a bit that flips on the way once costs one more read and nothing else',
    async (kind) => {
      const { way, vault, pointId, bytes } = await vaultOnTheWay(codec);
      way.flip(0, kind);
      await restoreDisk(vault, pointId, 'os');
      const usual = way.reads().length;
      expect(usual).toBeGreaterThan(0);
      way.flip(1, kind);
      expect((await restoreDisk(vault, pointId, 'os')).equals(bytes)).toBe(true);
      expect(way.reads()).toHaveLength(usual + 1);
      expect(await listDamage(vault.store)).toEqual([]);
    },
  );

  test.each(KINDS)('%s: bytes that never match are read twice, then refused', async (kind) => {
    const { way, vault, pointId } = await vaultOnTheWay(codec);
    way.flip(ALWAYS, kind);
    await expect(restoreDisk(vault, pointId, 'os')).rejects.toThrow(
      /VaultObjectDamaged|VaultDocumentInvalid/,
    );
    const [name] = way.reads();
    // The plan goes on without a segment; it is the part that refuses.
    const looks = kind === 'segments/' ? [name, name] : [];
    expect(way.reads()).toEqual([...looks, name, name]);
  });
});

test('a verification notes no damage for a bit that flips once, and notes it for one that always does', async () => {
  const { way, vault, pointId } = await vaultOnTheWay();
  const verified = async (times: number) => {
    const image = await openDiskImage(vault, pointId, 'os');
    way.flip(times, 'chunks/');
    return verifyPart(vault, image, 0);
  };
  expect(await verified(1)).toMatchObject({ damagedBytes: 0, damage: [] });
  expect(await listDamage(vault.store)).toEqual([]);
  expect(await verified(2)).toMatchObject({ damagedBytes: 4 * MiB });
  const [noted] = way.reads();
  expect(way.reads()).toEqual([noted, noted]);
  expect(await listDamage(vault.store)).toEqual([noted]);
});

test('a backup that reads back what is there replaces nothing because of one flip', async () => {
  const { way, vault } = await vaultOnTheWay();
  const disk = new SimulatedDisk(4 * MiB);
  disk.write(0, Buffer.alloc(MiB, 'the same again '));
  const source = () => disk.snapshot().source();
  await backUp(vault, [{ diskId: 'os', source: source() }]);
  const etags = () => etagsUnder(vault, 'segments/');
  const before = await etags();
  way.flip(1, 'segments/');
  await backUp(vault, [{ diskId: 'os', source: source() }]);
  expect(way.reads()).toHaveLength(2);
  expect(await etags()).toEqual(before);
});

async function etagsUnder({ store }: Vault, prefix: string) {
  const etags: string[] = [];
  for await (const { name, etag } of store.list(prefix)) etags.push(`${name} ${etag}`);
  return etags;
}

test('a range that is shorter than the index says is read once more before it is damage', async () => {
  const { way, vault, pointId } = await vaultOnTheWay();
  let ranges = 0;
  const short = async (name: string) => {
    ranges += 1;
    throw objectError('VaultObjectDamaged', name, 'it ends early');
  };
  const cut = { ...vault, store: { ...way.store, getRange: short } };
  await expect(restoreDisk(cut, pointId, 'os')).rejects.toThrow('VaultObjectDamaged');
  expect(ranges).toBe(2);
});

test('a body that did not come whole is asked for once more', async () => {
  const { way, vault, pointId, bytes } = await vaultOnTheWay();
  let cuts = 1;
  const readInto: typeof way.store.readInto = async (name, ...rest) => {
    cuts -= 1;
    if (cuts >= 0) throw objectError('VaultReadIncomplete', name, 'it was cut');
    return way.store.readInto(name, ...rest);
  };
  const cut = { ...vault, store: { ...way.store, readInto } };
  expect((await restoreDisk(cut, pointId, 'os')).equals(bytes)).toBe(true);
  cuts = 2;
  await expect(restoreDisk(cut, pointId, 'os')).rejects.toThrow('VaultReadIncomplete');
  expect(await listDamage(vault.store)).toEqual([]);
});

test('what is missing, archived or refused is not asked for again', async () => {
  for (const error of [
    objectError('VaultObjectMissing', 'chunks/a', 'it is not there'),
    objectError('VaultBlobArchived', 'chunks/a', 'it is archived'),
    backupError('VaultThrottled', 'chunks/a'),
    new Error('anything'),
  ]) {
    let reads = 0;
    const read = onceMore(async () => {
      reads += 1;
      throw error;
    });
    await expect(read).rejects.toBe(error);
    expect(reads).toBe(1);
  }
});

test('a record that arrives spoilt once is the record all the same', async () => {
  const { way, vault, pointId } = await vaultOnTheWay();
  way.flip(1, 'points/');
  expect((await readPoint(vault, pointId)).pointId).toBe(pointId);
});
