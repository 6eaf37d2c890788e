import * as http from 'node:http';
import {
  ContainerSASPermissions,
  generateBlobSASQueryParameters,
  StorageSharedKeyCredential,
} from '@azure/storage-blob';
import { noise } from '../../local/fleet/content';
import { ACCOUNT, ACCOUNT_KEY, type CountedAzurite } from './counted-azurite';

const IN_FLIGHT = 8;
const HOUR_MS = 3_600_000;

/** A bare HTTP client: what the storage itself costs, without anybody's library. */
export interface RawBlobs {
  /** Puts one blob of every size, 8 in flight; settles when all are stored. */
  put(sizes: readonly number[]): Promise<void>;
  /** Gets what `put` has stored, 8 in flight. */
  get(): Promise<void>;
  /** Deletes the container. */
  end(): Promise<void>;
}

/** Makes a container for raw blobs; their bytes are random. */
export async function rawBlobs(azurite: CountedAzurite, container: string): Promise<RawBlobs> {
  const client = azurite.client.getContainerClient(container);
  await client.createIfNotExists();
  const key = new StorageSharedKeyCredential(ACCOUNT, ACCOUNT_KEY);
  const permissions = ContainerSASPermissions.parse('rcw');
  const expiresOn = new Date(Date.now() + HOUR_MS);
  const sas = generateBlobSASQueryParameters({ containerName: container, permissions, expiresOn }, key);
  const agent = new http.Agent({ keepAlive: true, maxSockets: IN_FLIGHT, scheduling: 'lifo' });
  const { hostname, port } = new URL(azurite.url);
  const send = (method: string, name: string, body?: Buffer) =>
    exchange({ agent, method, hostname, port, path: `/${ACCOUNT}/${container}/${name}?${sas}` }, body);
  let stored: string[] = [];
  return {
    async put(sizes) {
      const bytes = noise('raw blobs', Math.max(...sizes, 1));
      stored = sizes.map((_, index) => `blob-${index}`);
      await inFlight(sizes, (size, index) => send('PUT', stored[index] ?? '', bytes.subarray(0, size)));
    },
    get: () => inFlight(stored, (name) => send('GET', name)),
    async end() {
      agent.destroy();
      await client.deleteIfExists();
    },
  };
}

function exchange(options: http.RequestOptions, body?: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = body && { 'content-length': body.length, 'x-ms-blob-type': 'BlockBlob' };
    const request = http.request({ ...options, headers }, (answer) => {
      answer.on('end', () => {
        if ((answer.statusCode ?? 0) < 300) resolve();
        else reject(new Error(`${options.method} ${options.path?.split('?')[0]}: ${answer.statusCode}`));
      });
      answer.on('error', reject);
      answer.resume();
    });
    request.on('error', reject);
    request.end(body);
  });
}

async function inFlight<T>(
  items: readonly T[],
  work: (item: T, index: number) => Promise<void>,
): Promise<void> {
  const queue = items.entries();
  const worker = async () => {
    for (const [index, item] of queue) await work(item, index);
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
}

/** Sizes of the blobs that take `bytes` in pieces of at most `pieceBytes`. */
export const piecesOf = (bytes: number, pieceBytes: number): number[] =>
  Array.from({ length: Math.ceil(bytes / pieceBytes) }, (_, piece) =>
    Math.min(pieceBytes, bytes - piece * pieceBytes),
  );
