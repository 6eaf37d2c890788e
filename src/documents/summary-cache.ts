import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { z } from 'zod';
import type { BlobStore } from '../storage/blob-store';
import type { Document } from './document';
import { type DocumentCache, memoryCache } from './document-cache';

/**
 * A summary is written anew when a process that starts would have to read more documents than this beside it,
 */
const READS_BESIDE = 64;
/** and more than this share of all documents. */
const SHARE_BESIDE = 1 / 16;

const MAX_PACKED_BYTES = 32 * 1024 * 1024;
const MAX_BYTES = 256 * 1024 * 1024;
const pack = promisify(gzip);
const unpack = promisify(gunzip);

const Summary = z.array(
  z.strictObject({ name: z.string(), value: z.unknown(), etag: z.string(), lastModified: z.string() }),
);

/**
 * Keeps documents in this process and all together in one blob, the summary: a process that starts reads it
 * instead of thousands of documents. Any process may write the summary at any time; one that is old,
 * unreadable or not there costs time, nothing else. Its content is believed where the ETag is right: it is as
 * trustworthy as the documents beside it, and no more.
 */
export function summaryCache<T>(
  store: Pick<BlobStore, 'get' | 'put'>,
  blobName: string,
  schema: z.ZodType<T>,
): DocumentCache<T> {
  const memory = memoryCache<T>();
  /** The versions that the summary holds, as far as this process knows. */
  let summarised = new Map<string, string>();
  let opened: Promise<void> | undefined;

  async function readSummary(): Promise<void> {
    const blob = await store.get(blobName, { maxBytes: MAX_PACKED_BYTES });
    if (!blob) return;
    const text = await unpack(blob.body, { maxOutputLength: MAX_BYTES });
    for (const { value, ...version } of Summary.parse(JSON.parse(text.toString('utf8')))) {
      const checked = schema.safeParse(value);
      if (checked.success) memory.add({ ...version, value: checked.data });
    }
    summarised = versionsOf(memory.all());
  }

  async function writeSummary(documents: Document<T>[]): Promise<void> {
    // Before it is written: a summary that cannot be written is not tried again at every listing.
    summarised = versionsOf(documents);
    await store.put(blobName, await pack(JSON.stringify(documents), { level: 1 }));
  }

  return {
    ...memory,
    // Whatever is wrong with it, the documents are read one by one instead.
    open: () => (opened ??= readSummary().catch(() => undefined)),
    async close(names, startedAt) {
      await memory.close(names, startedAt);
      const documents = memory.all();
      const beside = documents.filter(({ name, etag }) => summarised.get(name) !== etag).length;
      if (beside > Math.max(READS_BESIDE, documents.length * SHARE_BESIDE)) {
        // It is for the processes to come: whatever keeps it from being written must not fail the listing of
        // this one.
        await writeSummary(documents).catch(() => undefined);
      }
    },
  };
}

const versionsOf = <T>(documents: Document<T>[]) => new Map(documents.map(({ name, etag }) => [name, etag]));
