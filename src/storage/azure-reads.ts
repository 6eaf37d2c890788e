import type { BlobDownloadResponseParsed, ContainerClient, RestError } from '@azure/storage-blob';
import { itemOf, statusOf } from './azure-answers';
import type { BlobContent, BlobStore } from './blob-store';
import { objectError, refuseLarger } from './object-error';
import { swiftReads } from './swift-reads';

/** Larger blobs than this are not in a vault; the rest of one that is goes through the SDK. */
const MAX_SWIFT_BYTES = 64 * 2 ** 20;

/** The reads of a container. A body is tried to be read swiftly first; the SDK has the last word. */
export function azureReads(
  container: ContainerClient,
): Pick<BlobStore, 'get' | 'readInto' | 'getRange' | 'head'> {
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
  };
}

async function unlessMissing<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (statusOf(error) === 404 && (error as RestError).code !== 'ContainerNotFound') return undefined;
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
