import {
  type BlobDownloadResponseParsed,
  BlobServiceClient,
  type ContainerClient,
  type ContainerListBlobFlatSegmentResponse,
  RestError,
} from '@azure/storage-blob';
import type { BlobContent, BlobItem, BlobStore, WriteCondition, WriteResult } from './blob-store';
import { objectError, refuseLarger } from './object-error';
import { swiftReads } from './swift-reads';

/** The service gives no more at once. */
const LARGEST_PAGE = 5000;
/** Larger blobs than this are not in a vault; the rest of one that is goes through the SDK. */
const MAX_SWIFT_BYTES = 64 * 2 ** 20;

/** Where the vault's storage account is: a connection string, or its blob endpoint opened with the app's own identity. */
export type BlobStoreAddress = { connectionString: string } | { serviceUrl: string };

/**
 * A container of Azure Blob Storage (or Azurite). Nothing is sent before the first call.
 * Retries are the SDK's: exponential, honouring `Retry-After`.
 */
export function connectBlobStore(address: BlobStoreAddress, container: string): BlobStore {
  return azureBlobStore(serviceClient(address).getContainerClient(container));
}

function serviceClient(address: BlobStoreAddress): BlobServiceClient {
  if ('connectionString' in address) return BlobServiceClient.fromConnectionString(address.connectionString);
  // Loaded only here: the identity library costs start-up time that a connection string does not need.
  const { DefaultAzureCredential } = require('@azure/identity') as typeof import('@azure/identity');
  return new BlobServiceClient(address.serviceUrl, new DefaultAzureCredential());
}

/** The store over a container client that somebody else configured. */
export function azureBlobStore(container: ContainerClient): BlobStore {
  const readSwiftly = swiftReads(container);

  async function getSwiftly(name: string, maxBytes: number, signal?: AbortSignal) {
    let body = Buffer.alloc(0);
    const of = (bytes: number) => {
      body = Buffer.allocUnsafeSlow(bytes);
      return body;
    };
    const answer = await readSwiftly(name, 0, { maxBytes: Math.min(maxBytes, MAX_SWIFT_BYTES), of }, signal);
    if (!answer || answer === 'missing') return answer;
    const { sizeBytes, received, headers } = answer;
    refuseLarger(name, sizeBytes, maxBytes);
    const { etag, 'last-modified': lastModified } = headers;
    if (received !== sizeBytes || !etag || !lastModified) return undefined;
    return { ...itemOf(name, sizeBytes, { etag, lastModified: new Date(lastModified) }), body };
  }

  const getWithSdk = (name: string, maxBytes: number, signal?: AbortSignal) =>
    unlessMissing(async () => {
      const answer = await container.getBlobClient(name).download(0, undefined, { abortSignal: signal });
      const sizeBytes = answer.contentLength ?? 0;
      try {
        refuseLarger(name, sizeBytes, maxBytes);
      } catch (error) {
        discard(answer);
        throw error;
      }
      const body = await readBody(name, answer, sizeBytes);
      return { ...itemOf(name, sizeBytes, answer), body };
    });

  return {
    async ensureContainer() {
      await container.createIfNotExists();
    },

    async get(name, { maxBytes = Number.MAX_SAFE_INTEGER, signal } = {}): Promise<BlobContent | undefined> {
      const swift = await getSwiftly(name, maxBytes, signal);
      if (swift === 'missing') return undefined;
      return swift ?? getWithSdk(name, maxBytes, signal);
    },

    async readInto(name, target, signal) {
      const swift = await readSwiftly(name, 0, target, signal);
      if (swift === 'missing') return undefined;
      if (swift) {
        refuseLarger(name, swift.sizeBytes, target.length);
        return swift.received;
      }
      return (await getWithSdk(name, target.length, signal))?.body.copy(target);
    },

    async getRange(name, offset, length, signal) {
      const bytes = Buffer.allocUnsafe(length);
      const swift = await readSwiftly(name, offset, bytes, signal);
      if (swift === 'missing') return undefined;
      if (swift?.received === length) return bytes;
      return unlessMissing(async () => {
        const answer = await container.getBlobClient(name).download(offset, length, { abortSignal: signal });
        return readBody(name, answer, length);
      }).catch((error: unknown) => {
        if (statusOf(error) !== 416) throw error;
        throw objectError('VaultObjectDamaged', name, `it ends before byte ${offset + length}`);
      });
    },

    async head(name) {
      return unlessMissing(async () => {
        const answer = await container.getBlobClient(name).getProperties();
        return itemOf(name, answer.contentLength ?? 0, answer);
      });
    },

    async put(name, body, condition?: WriteCondition, signal?: AbortSignal) {
      return unlessConditionFails(condition !== undefined, () =>
        container
          .getBlockBlobClient(name)
          .upload(body, body.length, { conditions: conditionsOf(condition), abortSignal: signal }),
      );
    },

    async touch(name, ifMatch) {
      return unlessConditionFails(true, () =>
        container.getBlobClient(name).setMetadata({}, { conditions: { ifMatch } }),
      );
    },

    async *list(prefix, { startAfter = '', limit = LARGEST_PAGE } = {}) {
      let maxPageSize = startAfter ? LARGEST_PAGE : Math.min(limit, LARGEST_PAGE);
      let continuationToken: string | undefined;
      do {
        const pages = container.listBlobsFlat({ prefix }).byPage({ maxPageSize, continuationToken });
        const page: ContainerListBlobFlatSegmentResponse = (await pages.next()).value;
        for (const { name, properties } of page.segment.blobItems) {
          if (name > startAfter) yield itemOf(name, properties.contentLength ?? 0, properties);
        }
        continuationToken = page.continuationToken;
        // Who did not stop where it was expected goes a long way.
        maxPageSize = LARGEST_PAGE;
      } while (continuationToken);
    },

    async delete(name, condition) {
      try {
        await container.getBlobClient(name).delete({ conditions: condition });
        return 'deleted';
      } catch (error) {
        if (statusOf(error) === 404) return 'missing';
        if (statusOf(error) === 412 || isLocked(error)) return 'conflict';
        throw error;
      }
    },

    async now() {
      const { date } = await container.getProperties();
      return (date ?? new Date()).toISOString();
    },
  };
}

const statusOf = (error: unknown) => (error instanceof RestError ? error.statusCode : undefined);

/** What the blob service answers when a policy, a legal hold or a lease keeps a blob as it is. */
const LOCKS = ['BlobImmutableDueToPolicy', 'LeaseIdMissing'];
const isLocked = (error: unknown) => error instanceof RestError && LOCKS.includes(error.code ?? '');

const conditionsOf = (condition: WriteCondition | undefined) =>
  condition && ('ifAbsent' in condition ? { ifNoneMatch: '*' } : { ifMatch: condition.ifMatch });

function itemOf(name: string, sizeBytes: number, from: { etag?: string; lastModified?: Date }): BlobItem {
  const { etag, lastModified } = from;
  if (!etag || !lastModified)
    throw objectError('VaultObjectDamaged', name, 'the storage service gave no ETag or time');
  // A listing gives ETags without quotes, everything else with them: one spelling for comparisons and conditions.
  const quoted = etag.startsWith('"') ? etag : `"${etag}"`;
  return { name, sizeBytes, etag: quoted, lastModified: lastModified.toISOString() };
}

async function unlessMissing<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (statusOf(error) === 404 && (error as RestError).code !== 'ContainerNotFound') return undefined;
    throw error;
  }
}

/** A lost condition is 412, or 409 where the blob had to be absent; a missing blob cannot match an ETag either. */
async function unlessConditionFails(
  conditional: boolean,
  write: () => Promise<{ etag?: string; lastModified?: Date }>,
): Promise<WriteResult> {
  try {
    const { etag, lastModified } = itemOf('', 0, await write());
    return { written: true, etag, lastModified };
  } catch (error) {
    if (conditional && isLocked(error)) return { written: false, locked: true };
    const code = error instanceof RestError ? error.code : undefined;
    const lost = statusOf(error) === 412 || code === 'BlobAlreadyExists' || code === 'BlobNotFound';
    if (conditional && lost) return { written: false };
    throw error;
  }
}

async function readBody(name: string, answer: BlobDownloadResponseParsed, length: number): Promise<Buffer> {
  const body = Buffer.allocUnsafe(length);
  let filled = 0;
  for await (const piece of answer.readableStreamBody ?? []) {
    const bytes = piece as Buffer;
    if (filled + bytes.length > length)
      throw objectError('VaultObjectDamaged', name, `it is longer than ${length} bytes`);
    filled += bytes.copy(body, filled);
  }
  if (filled !== length)
    throw objectError('VaultObjectDamaged', name, `${filled} of ${length} bytes arrived`);
  return body;
}

/** Stops a download whose body nobody will read, so that its socket is given back. */
function discard(answer: BlobDownloadResponseParsed): void {
  const stream = answer.readableStreamBody as (NodeJS.ReadableStream & { destroy?: () => void }) | undefined;
  stream?.destroy?.();
}
