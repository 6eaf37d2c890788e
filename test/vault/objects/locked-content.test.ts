import type { BlobStore } from '../../../src/storage/blob-store';
import { memoryBlobStore } from '../../../src/storage/memory-blob-store';
import { seal } from '../../../src/vault/format/envelope';
import { CHUNK_BYTES } from '../../../src/vault/format/geometry';
import { blobNames, sha256Hex } from '../../../src/vault/format/names';
import { putContent } from '../../../src/vault/objects/content';
import { flipABit } from '../support/damage';

const plain = Buffer.alloc(CHUNK_BYTES, 7);
const name = blobNames.chunk(sha256Hex(plain));
const written = '2030-01-01T00:00:00.000Z';
const later = '2030-02-01T00:00:00.000Z';

/** A store with one chunk, from then on under a policy that lets nobody change what is there. */
async function underPolicy() {
  let policy = false;
  const store = memoryBlobStore({ now: () => new Date(written), locked: () => policy });
  const body = await seal('chunk', plain);
  await store.put(name, body);
  return { store, body, lock: (on = true) => (policy = on) };
}
const writer = (store: BlobStore, freshSince: string, ...healing: string[]) => ({
  store,
  freshSince,
  healing: new Set(healing),
});

test('young content under a policy is used as it is', async () => {
  const { store, body, lock } = await underPolicy();
  lock();
  expect(await putContent(writer(store, written), name, body)).toBe('present');
});

test('old content that cannot be kept from garbage collection ends the run with a cause, until it is released', async () => {
  const { store, body, lock } = await underPolicy();
  lock();
  await expect(putContent(writer(store, later), name, body)).rejects.toThrow('VaultContentLocked');
  lock(false);
  expect(await putContent(writer(store, written), name, body)).toBe('present');
});

test('damaged content that cannot be replaced does, too', async () => {
  const { store, body, lock } = await underPolicy();
  await flipABit(store, name);
  lock();
  await expect(putContent(writer(store, written, name), name, body)).rejects.toThrow('VaultContentLocked');
});

test('a store that refuses without a reason is seen through by the version that stays', async () => {
  const { store, body } = await underPolicy();
  let touches = 0;
  const touch: BlobStore['touch'] = async () => {
    touches += 1;
    return { written: false };
  };
  await expect(putContent(writer({ ...store, touch }, later), name, body)).rejects.toThrow(
    'VaultContentLocked',
  );
  expect(touches).toBe(1);
});

test('content that comes and goes while it is written does not keep a run for ever', async () => {
  const { store, body } = await underPolicy();
  const head: BlobStore['head'] = async () => undefined;
  await expect(putContent(writer({ ...store, head }, written), name, body)).rejects.toThrow(
    'VaultContentLocked',
  );
});

test('a race that was lost to another run is none: what that one touched is kept', async () => {
  const { store, body } = await underPolicy();
  let now = later;
  const shared = memoryBlobStore({ now: () => new Date(now) });
  now = written;
  await shared.put(name, body);
  now = later;
  const touch: BlobStore['touch'] = async (blobName, etag) => {
    await shared.touch(blobName, etag);
    return shared.touch(blobName, etag);
  };
  expect(await putContent(writer({ ...shared, touch }, later), name, body)).toBe('present');
  expect((await store.head(name))?.lastModified).toBe(written);
});

test('a cancelled run stops between tries', async () => {
  const { store, body } = await underPolicy();
  const stop = new AbortController();
  const put: BlobStore['put'] = async () => {
    stop.abort(new Error('cancelled'));
    return { written: false };
  };
  const cancelled = putContent(writer({ ...store, put }, later), name, body, stop.signal);
  await expect(cancelled).rejects.toThrow('cancelled');
});
