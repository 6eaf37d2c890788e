import { BlobServiceClient, RestError } from '@azure/storage-blob';
import { type Azurite, startAzurite } from '../../local/azurite/azurite';
import { azureBlobStore, connectBlobStore } from '../../src/storage/azure-blob-store';
import { openVault } from '../../src/vault/vault';
import { blobStoreContract } from './support/blob-store-contract';

let azurite: Azurite;
const store = (container: string) =>
  connectBlobStore({ connectionString: azurite.connectionString }, container);

beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(async () => azurite.stop());

const containerOf = (name: string) =>
  BlobServiceClient.fromConnectionString(azurite.connectionString).getContainerClient(name);

describe('a container of Azure Blob Storage', () =>
  blobStoreContract(
    async () => store('contract'),
    (name) => containerOf('contract').getBlobClient(name).getBlobLeaseClient().acquireLease(-1),
    (name) => containerOf('contract').getBlobClient(name).setAccessTier('Archive'),
  ));

test('a container that is not there, or not any more, is told apart from an empty one', async () => {
  const gone = store('gone');
  await expect(gone.get('a')).rejects.toThrow('VaultContainerMissing');
  await expect(gone.head('a')).rejects.toThrow('VaultContainerMissing');
  await expect(gone.delete('a')).rejects.toThrow('VaultContainerMissing');
  await expect(gone.put('a', Buffer.from('x'), { ifAbsent: true })).rejects.toThrow('VaultContainerMissing');
  await expect(gone.now()).rejects.toThrow('VaultContainerMissing');
});

test('an immutability policy, which Azurite does not have, locks a blob as a lease does', async () => {
  const container = containerOf('policy');
  const refuse = async () => {
    throw new RestError('immutable', { statusCode: 409, code: 'BlobImmutableDueToPolicy' });
  };
  const blob = { setMetadata: refuse, delete: refuse };
  const policed = azureBlobStore(Object.assign(container, { getBlobClient: () => blob }) as typeof container);
  expect(await policed.touch('a', '"1"')).toEqual({ written: false, locked: true });
  expect(await policed.delete('a', { ifMatch: '"1"' })).toBe('conflict');
});

test('opening a vault makes its container; opening it again finds the same vault', async () => {
  const [one, other] = await Promise.all([openVault(store('fresh')), openVault(store('fresh'))]);
  expect(one.document).toEqual(other.document);
  expect((await openVault(store('fresh'))).document).toEqual(one.document);
});
