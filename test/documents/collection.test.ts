import { z } from 'zod';
import { collection } from '../../src/documents/collection';
import { memoryBlobStore } from '../../src/storage/memory-blob-store';

const Counter = z.strictObject({ count: z.int() });
const counters = () => {
  const store = memoryBlobStore();
  return { store, documents: collection(store, 'counters', Counter) };
};

test('two writers who read the same version do not overwrite one another unseen', async () => {
  const { documents } = counters();
  const first = await documents.create('a', { count: 1 });
  expect(await documents.replace('a', { count: 2 }, first!.etag)).toBeDefined();
  expect(await documents.replace('a', { count: 3 }, first!.etag)).toBeUndefined();
  expect((await documents.read('a'))?.value).toEqual({ count: 2 });
});

test('a document is created once', async () => {
  const { documents } = counters();
  expect(await documents.create('a', { count: 1 })).toBeDefined();
  expect(await documents.create('a', { count: 2 })).toBeUndefined();
});

test('updates from many sides at once all count', async () => {
  const { documents } = counters();
  const increment = () => documents.update('a', (value) => ({ count: (value?.count ?? 0) + 1 }));
  await Promise.all(Array.from({ length: 20 }, increment));
  expect((await documents.read('a'))?.value.count).toBe(20);
});

test('an update that changes nothing writes nothing', async () => {
  const { documents } = counters();
  const written = await documents.create('a', { count: 1 });
  await documents.update('a', () => undefined);
  expect((await documents.read('a'))?.etag).toBe(written?.etag);
});

test('a document that somebody broke is refused by name', async () => {
  const { store, documents } = counters();
  await store.put('counters/bad.json', Buffer.from('{"count":"many"}'));
  await expect(documents.read('bad')).rejects.toThrow(/DocumentUnreadable: counters\/bad\.json/);
});

test('a listing holds every document of the folder and no other', async () => {
  const { store, documents } = counters();
  await documents.create('b', { count: 2 });
  await documents.create('a', { count: 1 });
  await store.put('counters-of-others/x.json', Buffer.from('{}'));
  const names: string[] = [];
  for await (const { name } of documents.list()) names.push(name);
  expect(names).toEqual(['a', 'b']);
});
