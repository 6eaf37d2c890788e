import type { BlobDownloadResponseParsed, ContainerClient } from '@azure/storage-blob';
import { isMissing, itemOf, serviceTime, statusOf, WRITER } from './azure-answers';
import type { BlobContent, BlobStore } from './blob-store';
import { objectError, refuseLarger } from './object-error';
import { type Patience, patient } from './patience';
import { swiftReads } from './swift-reads';

/** Larger blobs than this are not in a vault; the rest of one that is goes through the SDK. */
const MAX_SWIFT_BYTES = 64 * 2 ** 20;

/** The reads of a container. A body is tried to be read swiftly first; the SDK has the last word. */
export function azureReads(
  container: ContainerClient,
  patience: Patience,
): Pick<BlobStore, 'get' | 'readInto' | 'getRange' | 'head'> {
  const readSwiftly = swiftReads(container, patience.idleMs);
  const answered = patient(patience);
  const download = (name: string, offset: number, length: number | undefined, signal?: AbortSignal) =>
    answered(
      (abortSignal) => container.getBlobClient(name).download(offset, length, { abortSignal }),
      signal,
    );

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
    const { etag, 'last-modified': lastModified, date } = headers;
    if (received !== sizeBytes || !etag || !lastModified || !date) return undefined;
    const item = itemOf(name, sizeBytes, { etag, lastModified: new Date(lastModified) });
    return { ...item, body, readAt: serviceTime(new Date(date)) };
  }

  const getWithSdk = (name: string, maxBytes: number, signal?: AbortSignal) =>
    unlessMissing(async () => {
      const answer = await download(name, 0, undefined, signal);
      const sizeBytes = answer.contentLength ?? 0;
      try {
        refuseLarger(name, sizeBytes, maxBytes);
      } catch (error) {
        discard(answer);
        throw error;
      }
      const body = await readBody(name, answer, sizeBytes, patience.idleMs, signal);
      return { ...itemOf(name, sizeBytes, answer), body, readAt: serviceTime(answer.date) };
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
        const answer = await download(name, offset, length, signal);
        const { contentLength = length } = answer;
        if (contentLength < length) {
          discard(answer);
          throw endsBefore(name, offset + length);
        }
        return readBody(name, answer, length, patience.idleMs, signal);
      }).catch((error: unknown) => {
        if (statusOf(error) !== 416) throw error;
        throw endsBefore(name, offset + length);
      });
    },

    async head(name) {
      return unlessMissing(async () => {
        const blob = container.getBlobClient(name);
        const answer = await answered((abortSignal) => blob.getProperties({ abortSignal }));
        const item = itemOf(name, answer.contentLength ?? 0, answer);
        return { ...item, writtenBy: answer.metadata?.[WRITER] };
      });
    },
  };
}

const endsBefore = (name: string, byte: number) =>
  objectError('VaultObjectDamaged', name, `it ends before byte ${byte}`);

async function unlessMissing<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Another length than was said is none of the blob's own: who asked may ask again. */
async function readBody(
  name: string,
  answer: BlobDownloadResponseParsed,
  length: number,
  idleMs: number,
  signal?: AbortSignal,
): Promise<Buffer> {
  const body = Buffer.allocUnsafe(length);
  const stop = (detail: string) => {
    const error = objectError('VaultReadIncomplete', name, detail);
    discard(answer, error);
    return error;
  };
  let filled = 0;
  const stalled = () => stop(`after ${filled} of ${length} bytes nothing came for ${idleMs / 1000} seconds`);
  const watch = setTimeout(stalled, idleMs);
  try {
    for await (const piece of answer.readableStreamBody ?? []) {
      watch.refresh();
      const bytes = piece as Buffer;
      if (filled + bytes.length > length) throw stop(`more than ${length} bytes arrived`);
      filled += bytes.copy(body, filled);
    }
  } catch (error) {
    // The SDK takes a body that is cut for one that was broken off, although nobody did.
    if (signal?.aborted || (error as Error).name !== 'AbortError') throw error;
    throw stop(`it was cut after ${filled} of ${length} bytes`);
  } finally {
    clearTimeout(watch);
  }
  if (filled !== length) throw stop(`${filled} of ${length} bytes arrived`);
  return body;
}

/**
 * Stops a download whose body nobody will read, so that its socket is given back; who reads it hears of
 * `error`.
 */
function discard(answer: BlobDownloadResponseParsed, error?: Error): void {
  const stream = answer.readableStreamBody as
    | (NodeJS.ReadableStream & { destroy?: (error?: Error) => void })
    | undefined;
  stream?.destroy?.(error);
}
