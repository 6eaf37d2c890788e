import { type Azurite, startAzurite } from '../../../local/azurite/azurite';
import { connectBlobStore } from '../../../src/vault/store/azure-blob-store';
import { openVault } from '../../../src/vault/vault';
import { blobStoreContract } from './blob-store-contract';

let azurite: Azurite;
const store = (container: string) =>
  connectBlobStore({ connectionString: azurite.connectionString }, container);

beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(async () => azurite.stop());

describe('a container of Azure Blob Storage', () => blobStoreContract(async () => store('contract')));

test('opening a vault makes its container; opening it again finds the same vault', async () => {
  const [one, other] = await Promise.all([openVault(store('fresh')), openVault(store('fresh'))]);
  expect(one.document).toEqual(other.document);
  expect((await openVault(store('fresh'))).document).toEqual(one.document);
});
