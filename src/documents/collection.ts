import type { z } from 'zod';
import { orderedParallel } from '../basics/ordered-parallel';
import { BackupError } from '../failures/failure';
import type { BlobItem, BlobStore, WriteCondition } from '../storage/blob-store';
import type { Document } from './document';
import { type DocumentCache, memoryCache, noCache } from './document-cache';
import { readDocument } from './read-document';
import { summaryCache } from './summary-cache';

/**
 * Small JSON documents that may change (policies, protection, jobs), beside the write-once part of the vault. Every change
 * is conditional, so that two writers never overwrite one another unseen: the loser gets `undefined` and reads again.
 */
export interface Collection<T> {
  read(name: string): Promise<Document<T> | undefined>;
  /** Undefined when a document of this name is there already. */
  create(name: string, value: T): Promise<Document<T> | undefined>;
  /** Undefined when the document has changed since `etag`. */
  replace(name: string, value: T, etag: string): Promise<Document<T> | undefined>;
  /** Read, change, replace, as often as it takes. `change` returns undefined to leave the document alone. */
  update(name: string, change: (value: T | undefined) => T | undefined): Promise<Document<T> | undefined>;
  /** All documents, in the order of their keys. */
  list(options?: ListOptions): AsyncIterable<Document<T>>;
  /**
   * All documents as this process knows them, in no order, without a request: what a listing showed that began at most `seconds` ago,
   * and what this process has read and written since. Undefined when there was none, or nothing is remembered.
   */
  recent(seconds: number): Document<T>[] | undefined;
  /** The names of all documents after `startAfter`, without reading them; `limit` as for a listing of blobs. */
  names(options?: { startAfter?: string; limit?: number }): AsyncIterable<string>;
  delete(name: string, etag?: string): Promise<'deleted' | 'missing' | 'conflict'>;
}

export interface ListOptions {
  /** Hears of a document that cannot be read, which is then left out: one bad document must not hide the others. */
  onUnreadable?: (error: BackupError, name: string) => void;
}

export interface CollectionOptions {
  /** How names stand in the blobs' names, which decides their order; by default as they are. `nameOf` is undefined for foreign keys. */
  keys?: { keyOf(name: string): string; nameOf(key: string): string | undefined };
  /**
   * Remembers what was read, so that a listing reads only what has another ETag: in this process, or in a summary beside the folder
   * for other processes too. For folders that fit into memory.
   */
  remember?: 'in-process' | 'in-summary';
}

const MAX_BYTES = 4 * 1024 * 1024;
const READS_AT_ONCE = 32;
const AS_THEY_ARE = { keyOf: (name: string) => name, nameOf: (key: string): string | undefined => key };

/** The documents `<folder>/<key>.json` of a store, each checked against `schema` whenever it is read or written. */
export function collection<T>(
  store: BlobStore,
  folder: string,
  schema: z.ZodType<T>,
  { keys = AS_THEY_ARE, remember }: CollectionOptions = {},
): Collection<T> {
  const path = (name: string) => `${folder}/${keys.keyOf(name)}.json`;
  const nameOf = (blob: string) =>
    blob.endsWith('.json') ? keys.nameOf(blob.slice(folder.length + 1, -'.json'.length)) : undefined;
  const cache = cacheOf(store, folder, schema, remember);

  async function read(name: string): Promise<Document<T> | undefined> {
    const blob = await store.get(path(name), { maxBytes: MAX_BYTES });
    if (!blob) return undefined;
    const { etag, lastModified } = blob;
    return remembered({ name, value: readDocument(schema, blob.body, path(name)), etag, lastModified });
  }

  function remembered(document: Document<T>): Document<T> {
    cache.add(document);
    return document;
  }

  async function write(name: string, value: T, condition: WriteCondition): Promise<Document<T> | undefined> {
    const checked = schema.parse(value);
    const body = Buffer.from(`${JSON.stringify(checked, null, 2)}\n`);
    const result = await store.put(path(name), body, condition);
    if (!result.written) return undefined;
    return remembered({ name, value: checked, etag: result.etag, lastModified: result.lastModified });
  }

  const create = (name: string, value: T) => write(name, value, { ifAbsent: true });
  const replace = (name: string, value: T, etag: string) => write(name, value, { ifMatch: etag });

  async function update(name: string, change: (value: T | undefined) => T | undefined) {
    for (;;) {
      const current = await read(name);
      const next = change(current?.value);
      if (next === undefined) return current;
      const written = current ? await replace(name, next, current.etag) : await create(name, next);
      if (written) return written;
    }
  }

  async function* items(
    startAfter?: string,
    limit?: number,
  ): AsyncIterable<{ name: string; item: BlobItem }> {
    const after = startAfter === undefined ? undefined : path(startAfter);
    for await (const item of store.list(`${folder}/`, { startAfter: after, limit })) {
      const name = nameOf(item.name);
      if (name !== undefined) yield { name, item };
    }
  }

  async function* list({ onUnreadable }: ListOptions = {}): AsyncIterable<Document<T>> {
    const startedAt = performance.now();
    await cache.open();
    const found = new Set<string>();
    const readListed = async ({ name, item }: { name: string; item: BlobItem }) => {
      const known = cache.find(name, item.etag);
      if (known) return known;
      try {
        return await read(name);
      } catch (error) {
        if (!onUnreadable || !(error instanceof BackupError)) throw error;
        onUnreadable(error, name);
        return undefined;
      }
    };
    for await (const document of orderedParallel(items(), READS_AT_ONCE, readListed)) {
      if (!document) continue;
      found.add(document.name);
      yield document;
    }
    await cache.close(found, startedAt);
  }

  async function* names({ startAfter, limit }: { startAfter?: string; limit?: number } = {}) {
    for await (const { name } of items(startAfter, limit)) yield name;
  }

  return {
    read,
    create,
    replace,
    update,
    list,
    recent: (seconds) => cache.recent(performance.now() - seconds * 1000),
    names,
    async delete(name, etag) {
      const outcome = await store.delete(path(name), etag ? { ifMatch: etag } : undefined);
      if (outcome !== 'conflict') cache.remove(name);
      return outcome;
    },
  };
}

function cacheOf<T>(
  store: BlobStore,
  folder: string,
  schema: z.ZodType<T>,
  remember: CollectionOptions['remember'],
): DocumentCache<T> {
  if (remember === 'in-summary') return summaryCache(store, `summaries/${folder}.json.gz`, schema);
  return remember === 'in-process' ? memoryCache() : noCache();
}
