import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { BlobServiceClient, ContainerClient, ContainerSASPermissions } from '@azure/storage-blob';
import { type Azurite, startAzurite } from '../../local/azurite/azurite';
import { azureBlobStore } from '../../src/storage/azure-blob-store';
import { swiftReads } from '../../src/storage/swift-reads';

let azurite: Azurite;
let container: ContainerClient;
const content = Buffer.alloc(300_000, 'content ');

beforeAll(async () => {
  azurite = await startAzurite();
  container = BlobServiceClient.fromConnectionString(azurite.connectionString).getContainerClient('swift');
  await container.create();
  await container.getBlockBlobClient('a').upload(content, content.length);
});
afterAll(async () => azurite.stop());

/** Azurite behind a gate that cuts every connection whose first request `refuse` says so of. */
async function gate(refuse: (head: string) => boolean) {
  const { hostname, port } = new URL(azurite.blobEndpoint);
  const seen = { refused: 0 };
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    sockets.add(client);
    client.on('error', () => undefined);
    client.once('data', (first) => {
      if (refuse(first.toString('latin1'))) {
        seen.refused += 1;
        client.destroy();
        return;
      }
      const service = connect(Number(port), hostname);
      service.on('error', () => client.destroy());
      service.write(first);
      client.pipe(service).pipe(client);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address() as { port: number };
  const close = () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  const connectionString = azurite.connectionString.replaceAll(`:${port}/`, `:${address.port}/`);
  return { seen, close, connectionString };
}

test('reads a range of a blob right into the memory that is given for it', async () => {
  const target = Buffer.alloc(16);
  const answer = await swiftReads(container)('a', 8, target);
  expect(answer).toMatchObject({ received: 16, sizeBytes: content.length });
  expect(target.toString()).toBe('content content ');
});

test.each([-9, 9])(
  'reads on a host whose clock is %d days off: the service holds links against its own',
  async (days) => {
    const off = Date.now() + days * 86_400_000;
    const clock = jest.spyOn(Date, 'now').mockReturnValue(off);
    try {
      const answer = await swiftReads(container)('a', 0, Buffer.alloc(16));
      expect(answer).toMatchObject({ received: 16 });
    } finally {
      clock.mockRestore();
    }
  },
);

test('knows a blob that is not there, and leaves every other refusal to the SDK', async () => {
  const target = Buffer.alloc(16);
  expect(await swiftReads(container)('none', 0, target)).toBe('missing');
  const nowhere = BlobServiceClient.fromConnectionString(azurite.connectionString).getContainerClient(
    'nowhere',
  );
  expect(await swiftReads(nowhere)('a', 0, target)).toBeUndefined();
  expect(await swiftReads(container)('a', content.length, target)).toBeUndefined();
});

test('uses the signature that the address of a container carries', async () => {
  const url = await container.generateSasUrl({
    permissions: ContainerSASPermissions.parse('r'),
    expiresOn: new Date(Date.now() + 60_000),
  });
  expect(await swiftReads(new ContainerClient(url))('a', 0, Buffer.alloc(16))).toMatchObject({
    received: 16,
  });
});

test('asks for no token where it would travel in the open', async () => {
  const getToken = jest.fn(async () => ({ token: 'secret', expiresOnTimestamp: Date.now() + 3_600_000 }));
  const open = new ContainerClient(container.url, { getToken });
  expect(await swiftReads(open)('a', 0, Buffer.alloc(16))).toBeUndefined();
  expect(getToken).not.toHaveBeenCalled();
});

test('a token that could not be had once is asked for again', async () => {
  let asked = 0;
  const getToken = async () => {
    asked += 1;
    throw new Error('not now');
  };
  const secure = new ContainerClient(container.url.replace('http:', 'https:'), { getToken });
  const read = swiftReads(secure);
  for (let time = 0; time < 2; time += 1) expect(await read('a', 0, Buffer.alloc(16))).toBeUndefined();
  expect(asked).toBe(2);
});

test('reads the blob of that very name, whatever stands in it', async () => {
  const name = 'odd/a?b#c%20d é';
  await container.getBlockBlobClient(name).upload('its own', 7);
  const target = Buffer.alloc(7);
  expect(await swiftReads(container)(name, 0, target)).toMatchObject({ received: 7 });
  expect(target.toString()).toBe('its own');
});

test('where there is no way past the SDK, the SDK reads, and soon nothing else is tried', async () => {
  const isSwift = (head: string) => head.startsWith('GET') && !/user-agent/i.test(head);
  const { seen, close, connectionString } = await gate(isSwift);
  try {
    const client = BlobServiceClient.fromConnectionString(connectionString).getContainerClient('swift');
    const store = azureBlobStore(client);
    const target = Buffer.alloc(content.length);
    for (let time = 0; time < 5; time += 1) {
      expect((await store.get('a'))?.body.equals(content)).toBe(true);
      expect(await store.readInto('a', target)).toBe(content.length);
      expect((await store.getRange('a', 8, 7))?.toString()).toBe('content');
    }
    expect(seen.refused).toBe(3);
  } finally {
    close();
  }
});
