import {
  BlobServiceClient,
  ContainerSASPermissions,
  generateBlobSASQueryParameters,
  type StorageSharedKeyCredential,
} from '@azure/storage-blob';
import { type Azurite, startAzurite } from '../../local/azurite/azurite';
import { toFailure } from '../../src/failures/failure';
import { isConnectionString, withoutSignature } from '../../src/storage/address-words';
import { connectContainer, connectContainerOf } from '../../src/storage/container-address';

let azurite: Azurite;
let signed: string;

beforeAll(async () => {
  azurite = await startAzurite();
  const service = BlobServiceClient.fromConnectionString(azurite.connectionString);
  const container = service.getContainerClient('copy');
  await container.create();
  await container.getBlockBlobClient('a').upload('content', 7);
  const expiresOn = new Date(Date.now() + 3_600_000);
  const permissions = ContainerSASPermissions.parse('rl');
  const values = { containerName: 'copy', permissions, expiresOn };
  const query = generateBlobSASQueryParameters(values, service.credential as StorageSharedKeyCredential);
  signed = `${container.url}?${query}`;
});
afterAll(() => azurite.stop());

test('a container is opened by its signature, as an Azurite, and by a connection string', async () => {
  const stores = [
    connectContainer(signed),
    connectContainer(`${azurite.blobEndpoint}/copy`),
    connectContainerOf(azurite.connectionString, 'copy'),
  ];
  for (const store of stores) {
    expect((await store.get('a'))?.body.toString()).toBe('content');
    expect(await store.get('none')).toBeUndefined();
    for await (const { name } of store.list('')) expect(name).toBe('a');
  }
});

test('what the signature does not allow is refused without a word of it', async () => {
  const failure = toFailure(
    await connectContainer(signed)
      .put('b', Buffer.from('x'))
      .catch((e: unknown) => e),
  );
  expect(failure.code).toMatch(/^Vault(AccessDenied|Firewall|SignInRefused)$/);
  expect(failure.message).not.toMatch(/sig=|se=/);
  expect(withoutSignature(signed)).toBe(`${azurite.blobEndpoint}/copy`);
  expect(withoutSignature(azurite.connectionString)).not.toContain('Key');
});

test.each([
  ['no URL', 'just words'],
  ['another protocol', 'ftp://account.example/copy?sig=secret'],
  ['http to another machine', 'http://account.blob.core.windows.net/copy?sig=secret'],
  ['no container', 'https://account.blob.core.windows.net/?sig=secret'],
  ['a blob in place of a container', 'https://account.blob.core.windows.net/copy/points/a?sig=secret'],
  ['an address without the account', 'http://127.0.0.1:10000/copy?sig=secret'],
  ['an unknown account without a signature', 'http://127.0.0.1:10000/somebody/copy'],
])('%s is refused, in a sentence without secrets', (_what, address) => {
  let thrown: unknown;
  try {
    connectContainer(address);
  } catch (error) {
    thrown = error;
  }
  const failure = toFailure(thrown);
  expect(failure.code).toBe('VaultAddressInvalid');
  expect(failure.message).not.toContain('secret');
});

test('a connection string is told from an address', () => {
  expect(isConnectionString(azurite.connectionString)).toBe(true);
  expect(isConnectionString('UseDevelopmentStorage=true')).toBe(true);
  expect(isConnectionString(signed)).toBe(false);
  expect(isConnectionString('/backup/copy')).toBe(false);
  expect(() => connectContainerOf('AccountName=a;AccountKey=secret', 'copy')).toThrow('VaultAddressInvalid');
});
