import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildImages } from '../../bench/support/images/build-images';
import { measureVault } from '../../bench/vault/measure';
import { memoryBlobStore } from '../../src/storage/memory-blob-store';

const DISK = 'data';

describe('the benchmark of the vault, run small', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'durable-vm-backup-vault-'));
    await buildImages(folder, { scale: 'tiny', disks: [DISK] });
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('holds what is sent, stored and asked for against its bounds, in both modes', async () => {
    const { checks } = await measureVault(memoryBlobStore(), folder, DISK);
    expect(checks.filter(({ holds }) => !holds)).toEqual([]);
    expect(checks.map(({ work, what }) => `${work}: ${what}`)).toEqual([
      'first backup: digests, of all that is stored',
      'identical disk of another VM: chunks sent twice',
      'nothing changed, changed blocks: chunks and patches sent',
      'nothing changed, changed blocks: requests',
      'nothing changed, checksum: chunks and patches sent',
      'nothing changed, checksum: requests',
      '1 % scattered 4 KiB, changed blocks: bytes uploaded, per changed byte',
      '1 % scattered 4 KiB, checksum: bytes uploaded, per changed byte',
      '1 % scattered 4 KiB, checksum: bytes of digests read, per byte compared',
      '1 % clustered, changed blocks: bytes uploaded, per changed byte',
      '1 % clustered, checksum: bytes uploaded, per changed byte',
      '1 % clustered, checksum: bytes of digests read, per byte compared',
    ]);
  });

  it('says so when a bound is broken', async () => {
    const store = memoryBlobStore();
    // Whoever is told that a base's digests are gone has to send whole chunks.
    const forgetful = { ...store, get: (name: string) => store.get(name.replace(/^digests/, 'gone')) };
    const { checks } = await measureVault(forgetful, folder, DISK);
    expect(checks.filter(({ holds }) => !holds).map(({ work }) => work)).toContain(
      '1 % scattered 4 KiB, checksum',
    );
  });
});
