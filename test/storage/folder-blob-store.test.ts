import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { toFailure } from '../../src/failures/failure';
import type { BlobStore } from '../../src/storage/blob-store';
import { folderBlobStore } from '../../src/storage/folder-blob-store';
import { folderFailure } from '../../src/storage/folder-failure';
import { readOnlyBlobStore } from '../../src/storage/read-only-blob-store';
import { blobStoreReadContract } from './support/blob-store-contract';

const parent = mkdtempSync(path.join(tmpdir(), 'folder-store-'));
afterAll(() => rmSync(parent, { recursive: true }));
const folderOf = (name: string) => path.join(parent, name);

const codeOf = (call: Promise<unknown>) =>
  call.then(
    () => 'nothing was refused',
    (error: unknown) => toFailure(error).code,
  );
const namesIn = async (store: BlobStore) => {
  const names: string[] = [];
  for await (const { name } of store.list('')) names.push(name);
  return names;
};

describe('a folder', () => blobStoreReadContract(async () => folderBlobStore(folderOf('contract'))));

test('what was copied there by any tool is read, through links too; drafts and folders are no blobs', async () => {
  const folder = folderOf('copied');
  mkdirSync(path.join(folder, 'chunks', 'nothing-in-it'), { recursive: true });
  mkdirSync(folderOf('elsewhere'));
  writeFileSync(path.join(folder, 'vault.json'), '{}');
  writeFileSync(path.join(folder, 'chunks', '.0123.part'), 'half');
  writeFileSync(path.join(folderOf('elsewhere'), 'a'), 'x');
  symlinkSync(folderOf('elsewhere'), path.join(folder, 'packs'));
  const store = folderBlobStore(folder);
  expect(await namesIn(store)).toEqual(['packs/a', 'vault.json']);
  expect((await store.get('packs/a'))?.body.toString()).toBe('x');
  expect(await store.get('chunks')).toBeUndefined();
  expect(await store.head('vault.json/below')).toBeUndefined();
});

test('nothing that is there is changed or deleted, and what is written leaves no draft behind', async () => {
  const store = folderBlobStore(folderOf('kept'));
  await store.ensureContainer();
  await store.put('a', Buffer.from('kept'), { ifAbsent: true });
  const etag = (await store.head('a'))?.etag ?? '';
  expect(await codeOf(store.touch('a', etag))).toBe('VaultReadOnly');
  expect(await codeOf(store.delete('a'))).toBe('VaultReadOnly');
  expect(await codeOf(store.put('a', Buffer.from('x'), { ifMatch: etag }))).toBe('VaultReadOnly');
  expect(readdirSync(folderOf('kept'))).toEqual(['a']);
  expect((await store.get('a'))?.body.toString()).toBe('kept');
});

test('no name leads out of the folder', async () => {
  const store = folderBlobStore(folderOf('kept'));
  writeFileSync(path.join(parent, 'secret'), 'secret');
  for (const name of [
    '../secret',
    'a/../../secret',
    '/etc/passwd',
    'a//b',
    '.part',
    'a\\..\\b',
    'a\0b',
    '',
  ]) {
    expect(await codeOf(store.get(name))).toBe('VaultNameInvalid');
    expect(await codeOf(store.put(name, Buffer.from('x')))).toBe('VaultNameInvalid');
  }
});

test('a folder that is not there is told apart from an empty one', async () => {
  const store = folderBlobStore(folderOf('nowhere'));
  expect(await codeOf(store.get('a'))).toBe('VaultContainerMissing');
  expect(await codeOf(store.head('a'))).toBe('VaultContainerMissing');
  expect(await codeOf(namesIn(store))).toBe('VaultContainerMissing');
});

test.each([
  ['EIO', 'VaultReadIncomplete'],
  ['ENOSPC', 'VaultFull'],
  ['EDQUOT', 'VaultFull'],
  ['EACCES', 'VaultFolderRefused'],
  ['EROFS', 'VaultFolderRefused'],
])('the file system’s %s is %s', (code, is) => {
  const failure = toFailure(folderFailure(Object.assign(new Error('no'), { code }), '/copy', 'chunks/a'));
  expect(failure.code).toBe(is);
  expect(failure.message).toContain(code);
  expect(failure.message).toContain('chunks/a');
});

test('a folder that nobody may write to says so', async () => {
  const folder = folderOf('sealed');
  writeFileSync(folder, 'a file where the folder should be');
  chmodSync(folder, 0o400);
  expect(await codeOf(folderBlobStore(folder).ensureContainer())).toBe('VaultFolderRefused');
});

test('through a view that only reads nothing is written, and notes of damage are let go in silence', async () => {
  const store = folderBlobStore(folderOf('viewed'));
  await store.ensureContainer();
  await store.put('a', Buffer.from('kept'));
  const view = readOnlyBlobStore(store);
  expect((await view.get('a'))?.body.toString()).toBe('kept');
  expect(await view.put('damage/a', Buffer.from('x'), { ifAbsent: true })).toMatchObject({ written: false });
  expect(await view.touch('a', '"1"')).toMatchObject({ written: false });
  expect(await view.delete('a')).toBe('conflict');
  expect(await codeOf(view.put('b', Buffer.from('x')))).toBe('VaultReadOnly');
  expect(await codeOf(view.ensureContainer())).toBe('VaultReadOnly');
  expect(await namesIn(store)).toEqual(['a']);
});
