import type { z } from 'zod';
import type { BlobStore, WriteCondition } from '../storage/blob-store';
import type { Document } from './document';
import { type DocumentCache, memoryCache, noCache } from './document-cache';
import { documentFolder, type Keys } from './document-folder';
import { type ListOptions, listDocuments } from './list-documents';
import { summaryCache } from './summary-cache';

/**
 * Small JSON documents that may change (policies, protection, jobs), beside the write-once part of the vault.
 * Every change is conditional, so that two writers never overwrite one another unseen: the loser gets
 * `undefined` and reads again.
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
   * All documents as this process knows them, in no order, without a request: what a listing showed that
   * began at most `seconds` ago, and what this process has read and written since. Undefined when there was
   * none, or nothing is remembered.
   */
  recent(seconds: number): Document<T>[] | undefined;
  /**
   * The names of all documents after `startAfter`, without reading them; `limit` as for a listing of blobs.
   */
  names(options?: { startAfter?: string; limit?: number }): AsyncIterable<string>;
  delete(name: string, etag?: string): Promise<'deleted' | 'missing' | 'conflict'>;
}

export interface CollectionOptions {
  /** By default the names as they are. */
  keys?: Keys;
  /**
   * Remembers what was read, so that a listing reads only what has another ETag: in this process, or in a
   * summary beside the folder for other processes too. For folders that fit into memory.
   */
  remember?: 'in-process' | 'in-summary';
}

const AS_THEY_ARE: Keys = { keyOf: (name) => name, nameOf: (key) => key };

/**
 * The documents `<folder>/<key>.json` of a store, each checked against `schema` whenever it is read or
 * written.
 */
export function collection<T>(
  store: BlobStore,
  folder: string,
  schema: z.ZodType<T>,
  { keys = AS_THEY_ARE, remember }: CollectionOptions = {},
): Collection<T> {
  const documents = documentFolder(store, folder, schema, keys);
  const cache = cacheOf(store, folder, schema, remember);

  function remembered(document: Document<T> | undefined): Document<T> | undefined {
    if (!document) return undefined;
    const { readAt: _once, ...lasting } = document;
    cache.add(lasting);
    return document;
  }

  const read = async (name: string) => remembered(await documents.read(name));
  const write = async (name: string, value: T, condition: WriteCondition) =>
    remembered(await documents.write(name, value, condition));
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

  return {
    read,
    create,
    replace,
    update,
    list: (options) => listDocuments(documents, cache, read, options),
    recent: (seconds) => cache.recent(performance.now() - seconds * 1000),
    async *names({ startAfter, limit } = {}) {
      for await (const { name } of documents.list(startAfter, limit)) yield name;
    },
    async delete(name, etag) {
      const outcome = await documents.delete(name, etag);
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
