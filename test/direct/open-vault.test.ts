import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { openVaultAt, placeInWords } from '../../direct/open-vault';
import { type Azurite, startAzurite } from '../../local/azurite/azurite';
import { toFailure } from '../../src/failures/failure';
import { connectBlobStore } from '../../src/storage/azure-blob-store';
import { surveyPoints } from '../../src/vault/points';
import { openVault } from '../../src/vault/vault';
import { backUp } from '../vault/support/backups';
import { SimulatedDisk } from '../vault/support/simulated-disk';
import { copyToFolder } from '../vault/support/vault-folder';

const folder = mkdtempSync(path.join(tmpdir(), 'direct-'));
const copy = path.join(folder, 'copy');
let azurite: Azurite;
let pointId: string;

beforeAll(async () => {
  azurite = await startAzurite();
  const store = connectBlobStore({ connectionString: azurite.connectionString }, 'vault');
  const disk = new SimulatedDisk(4096);
  disk.write(0, Buffer.alloc(4096, 'A'));
  ({ pointId } = await backUp(await openVault(store), [{ diskId: 'os', source: disk.snapshot().source() }]));
  mkdirSync(copy);
  await copyToFolder(store, copy);
});
afterAll(async () => {
  await azurite.stop();
  rmSync(folder, { recursive: true });
});

const failureOf = async (address: string) =>
  toFailure(await openVaultAt(address).catch((error: unknown) => error));

test('a vault opens from its container and from a copy made by a plain download, with nothing else running', async () => {
  const addresses = [
    `${azurite.blobEndpoint}/vault`,
    azurite.connectionString,
    copy,
    pathToFileURL(copy).href,
  ];
  for (const address of addresses) {
    const { points, refused } = await surveyPoints(await openVaultAt(address));
    expect(points.map((point) => point.pointId)).toEqual([pointId]);
    expect(refused).toEqual([]);
  }
});

test('nothing is made where there is no vault: it is said which place was looked in', async () => {
  const empty = path.join(folder, 'empty');
  mkdirSync(empty);
  for (const place of [
    empty,
    path.join(folder, 'nowhere'),
    path.join(copy, 'vault.json'),
    `${azurite.blobEndpoint}/none`,
  ]) {
    const failure = await failureOf(place);
    expect(failure.code).toBe('VaultNotFound');
    expect(failure.message).toContain(placeInWords(place));
  }
  const store = connectBlobStore({ connectionString: azurite.connectionString }, 'none');
  await expect(store.get('vault.json')).rejects.toThrow('VaultContainerMissing');
});

test('a damaged vault.json and a newer format are told apart', async () => {
  const damaged = path.join(folder, 'damaged');
  mkdirSync(damaged);
  writeFileSync(path.join(damaged, 'vault.json'), '{"format":');
  expect((await failureOf(damaged)).code).toBe('VaultDocumentInvalid');
  writeFileSync(path.join(damaged, 'vault.json'), '{"format":"durable-vm-backup","formatVersion":9}');
  expect((await failureOf(damaged)).code).toBe('VaultVersionUnsupported');
});

test('what opens a container is never in the words about it', () => {
  expect(placeInWords('https://account.blob.core.windows.net/vault?sig=secret')).not.toContain('secret');
  expect(placeInWords('AccountName=a;AccountKey=secret')).not.toContain('secret');
});
