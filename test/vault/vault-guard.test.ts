import { randomBytes } from 'node:crypto';
import type { BlobStore } from '../../src/storage/blob-store';
import { memoryBlobStore } from '../../src/storage/memory-blob-store';
import { listPoints } from '../../src/vault/points';
import { openVault } from '../../src/vault/vault';
import { backUp, restoreDisk } from './support/backups';
import { SimulatedDisk } from './support/simulated-disk';

async function oneVault() {
  const store = memoryBlobStore();
  const vault = await openVault(store);
  const disk = new SimulatedDisk(4096);
  disk.write(0, randomBytes(4096));
  const snapshot = disk.snapshot();
  const { pointId } = await backUp(vault, [{ diskId: 'os', source: snapshot.source() }]);
  const { body } = (await store.get('vault.json'))!;
  const document = JSON.parse(body.toString());
  return { store, vault, snapshot, pointId, body, document };
}

async function contentOf(store: BlobStore) {
  const names: string[] = [];
  for await (const { name, etag } of store.list('')) names.push(`${name} ${etag}`);
  return names;
}

describe.each([
  ['is gone', () => undefined, 'it is gone'],
  ['is another one', (document: object) => ({ ...document, createdAt: '2031-01-01T00:00:00Z' }), '2031'],
  ['is of a newer format', (document: object) => ({ ...document, formatVersion: 2 }), 'VersionUnsupported'],
  ['is none', () => 'nonsense', 'DocumentInvalid'],
])('a vault whose vault.json %s', (_what, change, told) => {
  test('is written to no more, can still be read, and is itself again when it is put back', async () => {
    const { store, vault, snapshot, pointId, body, document } = await oneVault();
    const now = change(document);
    if (now === undefined) await store.delete('vault.json');
    else await store.put('vault.json', Buffer.from(JSON.stringify(now)));
    await expect(vault.lookAgain()).rejects.toMatchObject({
      failure: { code: 'VaultChanged', message: expect.stringContaining(told), retryable: false },
    });
    const before = await contentOf(store);
    await expect(backUp(vault, [{ diskId: 'os', source: snapshot.source() }])).rejects.toThrow(
      'VaultChanged',
    );
    await expect(vault.store.delete(`points/${pointId}.json`)).rejects.toThrow('VaultChanged');
    expect(await contentOf(store)).toEqual(before);
    expect((await restoreDisk(vault, pointId, 'os')).equals(snapshot.bytes())).toBe(true);
    await store.put('vault.json', body);
    await vault.lookAgain();
    await backUp(vault, [{ diskId: 'os', source: snapshot.source() }]);
    expect(await listPoints(vault)).toHaveLength(2);
  });
});

test('a backup that began before commits nothing to a container that is another vault by then', async () => {
  const { store, vault, snapshot, pointId } = await oneVault();
  const atItsEnd: BlobStore['get'] = async (name, options) => {
    if (name.endsWith('done.json')) await store.delete('vault.json');
    return store.get(name, options);
  };
  const late = { ...vault, store: { ...vault.store, get: atItsEnd } };
  await expect(backUp(late, [{ diskId: 'os', source: snapshot.source() }])).rejects.toThrow('VaultChanged');
  expect((await listPoints(vault)).map((point) => point.pointId)).toEqual([pointId]);
});

test('a new ETag of the same document is no change, and what the storage refuses says nothing about it', async () => {
  const { store, vault, body } = await oneVault();
  await store.put('vault.json', body);
  await vault.lookAgain();
  await vault.store.put('damage/x', Buffer.from('{}'));
});
