import type { BlobStore } from '../../../src/storage/blob-store';
import { ObjectError } from '../../../src/storage/object-error';

const bytes = (text: string) => Buffer.from(text);

/** Names under a prefix, as a store lists them. */
async function namesOf(store: BlobStore, prefix: string, startAfter?: string, limit?: number) {
  const found: string[] = [];
  for await (const { name } of store.list(prefix, { startAfter, limit })) found.push(name);
  return found;
}

async function putIn(store: BlobStore, name: string, text: string) {
  const result = await store.put(name, bytes(text));
  if (!result.written) throw new Error('an unconditional write was lost');
  return result;
}

/**
 * What the vault needs of a container; every implementation keeps these promises. `lock` keeps a blob as it
 * is, like a policy or a lease, and `archive` puts it out of reach, where the implementation has that.
 */
export function blobStoreContract(
  open: () => Promise<BlobStore>,
  lock?: (name: string) => Promise<unknown>,
  archive?: (name: string) => Promise<unknown>,
): void {
  blobStoreReadContract(open);
  blobStoreChangeContract(open, lock, archive);
}

/** The part of the contract that a place keeps which is read and added to, but in which nothing changes. */
export function blobStoreReadContract(open: () => Promise<BlobStore>): void {
  let store: BlobStore;
  beforeAll(async () => {
    store = await open();
    await store.ensureContainer();
  });
  const put = (name: string, text: string) => putIn(store, name, text);
  const names = (prefix: string, startAfter?: string, limit?: number) =>
    namesOf(store, prefix, startAfter, limit);

  test('makes the container only once', async () => {
    await put('once/a', 'kept');
    await store.ensureContainer();
    expect((await store.get('once/a'))?.body.toString()).toBe('kept');
  });

  test('gives back what was written, with its size, version and time', async () => {
    const { etag, lastModified } = await put('read/a', 'content');
    const blob = { name: 'read/a', sizeBytes: 7, etag, lastModified };
    const readAt = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/);
    expect(await store.get('read/a')).toEqual({ ...blob, body: bytes('content'), readAt });
    expect(await store.head('read/a')).toEqual(blob);
    for await (const item of store.list('read/')) expect(item).toEqual(blob);
    expect(lastModified).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/);
  });

  test('keeps empty blobs', async () => {
    await put('empty/a', '');
    expect((await store.get('empty/a'))?.body).toEqual(Buffer.alloc(0));
  });

  test('answers undefined for a blob that is not there', async () => {
    expect(await store.get('none/a')).toBeUndefined();
    expect(await store.getRange('none/a', 0, 4)).toBeUndefined();
    expect(await store.head('none/a')).toBeUndefined();
  });

  test('gives exactly the range that was asked for, and refuses one beyond the end', async () => {
    await put('range/a', '0123456789');
    expect((await store.getRange('range/a', 3, 4))?.toString()).toBe('3456');
    expect((await store.getRange('range/a', 9, 1))?.toString()).toBe('9');
    await expect(store.getRange('range/a', 8, 4)).rejects.toThrow('VaultObjectDamaged');
    await expect(store.getRange('range/a', 20, 4)).rejects.toThrow('VaultObjectDamaged');
  });

  test('refuses a blob that is larger than the reader allows', async () => {
    await put('large/a', 'x'.repeat(100));
    await expect(store.get('large/a', { maxBytes: 99 })).rejects.toThrow('VaultObjectTooLarge');
    expect((await store.get('large/a', { maxBytes: 100 }))?.sizeBytes).toBe(100);
  });

  test('reads a blob into memory that it is given, and touches nothing behind it', async () => {
    await put('into/a', 'content');
    const target = Buffer.alloc(10, '-');
    expect(await store.readInto('into/a', target)).toBe(7);
    expect(target.toString()).toBe('content---');
    expect(await store.readInto('into/a', target.subarray(0, 7))).toBe(7);
    expect(await store.readInto('into/none', target)).toBeUndefined();
    await put('into/empty', '');
    expect(await store.readInto('into/empty', target)).toBe(0);
    await expect(store.readInto('into/a', target.subarray(0, 6))).rejects.toThrow('VaultObjectTooLarge');
    await expect(store.readInto('into/a', target, AbortSignal.abort())).rejects.toThrow();
  });

  test('lists by prefix in the order of names, from any place on', async () => {
    for (const name of ['order/b', 'order/a-1', 'order/a', 'order/a.json', 'orders']) await put(name, 'x');
    expect(await names('order/')).toEqual(['order/a', 'order/a-1', 'order/a.json', 'order/b']);
    expect(await names('order/a')).toEqual(['order/a', 'order/a-1', 'order/a.json']);
    expect(await names('order/', 'order/a-1')).toEqual(['order/a.json', 'order/b']);
    expect(await names('nothing/')).toEqual([]);
  });

  test('lists everything to a caller that does not stop where it said', async () => {
    for (const name of ['many/a', 'many/b', 'many/c', 'many/d', 'many/e']) await put(name, 'x');
    const all = ['many/a', 'many/b', 'many/c', 'many/d', 'many/e'];
    for (const limit of [1, 2, 4, 5, 6]) expect(await names('many/', undefined, limit)).toEqual(all);
    expect(await names('many/', 'many/c', 1)).toEqual(['many/d', 'many/e']);
  });

  test('tells the time of the service that stamps the blobs', async () => {
    const before = await store.now();
    const { lastModified } = await put('time/a', 'x');
    expect(lastModified >= before).toBe(true);
    expect((await store.now()) >= lastModified).toBe(true);
  });

  test('creates a blob once: the second writer learns that it lost, and nothing changes', async () => {
    expect((await store.put('create/a', bytes('first'), { ifAbsent: true })).written).toBe(true);
    expect(await store.put('create/a', bytes('second'), { ifAbsent: true })).toEqual({ written: false });
    expect((await store.get('create/a'))?.body.toString()).toBe('first');
  });

  test('exactly one of many simultaneous creators wins', async () => {
    const tries = Array.from({ length: 8 }, (_, k) => store.put('race/a', bytes(`${k}`), { ifAbsent: true }));
    const results = await Promise.all(tries);
    expect(results.filter(({ written }) => written)).toHaveLength(1);
    const winner = results.findIndex(({ written }) => written);
    expect((await store.get('race/a'))?.body.toString()).toBe(`${winner}`);
  });

  test('an aborted write or read ends with an error', async () => {
    const signal = AbortSignal.abort();
    await expect(store.put('abort/a', bytes('x'), undefined, signal)).rejects.toThrow();
    expect(await store.head('abort/a')).toBeUndefined();
  });
}

function blobStoreChangeContract(
  open: () => Promise<BlobStore>,
  lock?: (name: string) => Promise<unknown>,
  archive?: (name: string) => Promise<unknown>,
): void {
  let store: BlobStore;
  beforeAll(async () => {
    store = await open();
    await store.ensureContainer();
  });
  const put = (name: string, text: string) => putIn(store, name, text);
  const names = (prefix: string) => namesOf(store, prefix);

  test('tells who wrote a blob, where whoever did has said so, until it is touched', async () => {
    const first = await store.put('writer/a', bytes('one'), { ifAbsent: true, by: 'run-1/os/0' });
    expect(await store.head('writer/a')).toMatchObject({ writtenBy: 'run-1/os/0' });
    const etag = first.written ? first.etag : '';
    const second = await store.put('writer/a', bytes('two'), { ifMatch: etag, by: 'run-2/os/0' });
    expect(await store.head('writer/a')).toMatchObject({ writtenBy: 'run-2/os/0' });
    await store.touch('writer/a', second.written ? second.etag : '');
    expect((await store.head('writer/a'))?.writtenBy).toBeUndefined();
    await store.put('writer/b', bytes('nobody'));
    expect((await store.head('writer/b'))?.writtenBy).toBeUndefined();
  });

  test('replaces a blob only at the version that the writer saw', async () => {
    const first = await put('match/a', 'one');
    const second = await store.put('match/a', bytes('two'), { ifMatch: first.etag });
    expect(second.written).toBe(true);
    expect(await store.put('match/a', bytes('three'), { ifMatch: first.etag })).toEqual({ written: false });
    expect(await store.put('match/none', bytes('x'), { ifMatch: first.etag })).toEqual({ written: false });
    expect((await store.get('match/a'))?.body.toString()).toBe('two');
    expect(await store.head('match/none')).toBeUndefined();
  });

  test('touching a blob gives it a new version and keeps its content; an old version cannot touch', async () => {
    const { etag } = await put('touch/a', 'same');
    const touched = await store.touch('touch/a', etag);
    expect(touched.written && touched.etag).not.toBe(etag);
    expect(await store.touch('touch/a', etag)).toEqual({ written: false });
    expect(await store.touch('touch/none', etag)).toEqual({ written: false });
    expect((await store.get('touch/a'))?.body.toString()).toBe('same');
    expect(await store.delete('touch/a', { ifMatch: etag })).toBe('conflict');
  });

  if (lock) {
    test('a blob that may not be changed says so, apart from lost races, and stays as it is', async () => {
      const { etag } = await put('locked/a', 'kept');
      await lock('locked/a');
      expect(await store.touch('locked/a', etag)).toEqual({ written: false, locked: true });
      expect(await store.put('locked/a', bytes('x'), { ifMatch: etag })).toEqual({
        written: false,
        locked: true,
      });
      expect((await store.put('locked/a', bytes('x'), { ifAbsent: true })).written).toBe(false);
      expect(await store.delete('locked/a')).toBe('conflict');
      expect(await store.get('locked/a')).toMatchObject({ etag, body: bytes('kept') });
    });
  }

  if (archive) {
    test('a blob in the Archive tier is refused by its name; it is listed, and the others can be read', async () => {
      const { etag } = await put('archived/a', 'kept');
      await put('archived/b', 'read');
      await archive('archived/a');
      const reads = [
        () => store.get('archived/a'),
        () => store.readInto('archived/a', Buffer.alloc(4)),
        () => store.getRange('archived/a', 0, 4),
      ];
      for (const read of reads) {
        const error = (await read().catch((thrown: unknown) => thrown)) as ObjectError;
        expect(error).toBeInstanceOf(ObjectError);
        expect(error.objectName).toBe('archived/a');
        expect(error.failure).toMatchObject({ code: 'VaultBlobArchived', retryable: false });
        expect(error.failure.message).toMatch(/^archived\/a: ./);
      }
      expect(await store.head('archived/a')).toMatchObject({ etag, sizeBytes: 4 });
      expect(await names('archived/')).toEqual(['archived/a', 'archived/b']);
      expect((await store.get('archived/b'))?.body.toString()).toBe('read');
    });
  }

  test('the version in a listing is the one that conditions need', async () => {
    await put('listed/a', 'x');
    for await (const { name, etag } of store.list('listed/')) {
      expect(await store.delete(name, { ifMatch: etag })).toBe('deleted');
    }
    expect(await store.head('listed/a')).toBeUndefined();
  });

  test('deletes say what they found', async () => {
    await put('delete/a', 'x');
    expect(await store.delete('delete/a', { ifMatch: '"0x0"' })).toBe('conflict');
    expect(await store.delete('delete/a')).toBe('deleted');
    expect(await store.delete('delete/a')).toBe('missing');
  });
}
