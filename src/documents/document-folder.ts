import type { z } from 'zod';
import type { BlobItem, BlobStore, WriteCondition } from '../storage/blob-store';
import { onceMore } from '../storage/once-more';
import type { Document } from './document';
import { readDocument } from './read-document';

const MAX_BYTES = 4 * 1024 * 1024;

/** How names stand in the blobs' names, which decides their order. */
export interface Keys {
  keyOf(name: string): string;
  /** Undefined for foreign keys. */
  nameOf(key: string): string | undefined;
}

/** A document as a listing shows it. */
export interface ListedDocument {
  name: string;
  item: BlobItem;
}

/** The documents of one folder, as they are in the store; nothing is remembered. */
export interface DocumentFolder<T> {
  read(name: string): Promise<Document<T> | undefined>;
  /** Undefined when the condition is lost. */
  write(name: string, value: T, condition: WriteCondition): Promise<Document<T> | undefined>;
  /** The documents after `startAfter`, in the order of their keys; `limit` as for a listing of blobs. */
  list(startAfter?: string, limit?: number): AsyncIterable<ListedDocument>;
  delete(name: string, etag?: string): Promise<'deleted' | 'missing' | 'conflict'>;
}

/**
 * The documents `<folder>/<key>.json` of a store, each checked against `schema` whenever it is read or
 * written.
 */
export function documentFolder<T>(
  store: BlobStore,
  folder: string,
  schema: z.ZodType<T>,
  keys: Keys,
): DocumentFolder<T> {
  const path = (name: string) => `${folder}/${keys.keyOf(name)}.json`;
  const nameOf = (blob: string) =>
    blob.endsWith('.json') ? keys.nameOf(blob.slice(folder.length + 1, -'.json'.length)) : undefined;
  return {
    read: (name) =>
      onceMore(async () => {
        const blob = await store.get(path(name), { maxBytes: MAX_BYTES });
        if (!blob) return undefined;
        const { etag, lastModified, readAt } = blob;
        return { name, value: readDocument(schema, blob.body, path(name)), etag, lastModified, readAt };
      }),

    async write(name, value, condition) {
      const checked = schema.parse(value);
      const body = Buffer.from(`${JSON.stringify(checked, null, 2)}\n`);
      const result = await store.put(path(name), body, condition);
      if (!result.written) return undefined;
      return { name, value: checked, etag: result.etag, lastModified: result.lastModified };
    },

    async *list(startAfter, limit) {
      const after = startAfter === undefined ? undefined : path(startAfter);
      for await (const item of store.list(`${folder}/`, { startAfter: after, limit })) {
        const name = nameOf(item.name);
        if (name !== undefined) yield { name, item };
      }
    },

    delete: (name, etag) => store.delete(path(name), etag ? { ifMatch: etag } : undefined),
  };
}
