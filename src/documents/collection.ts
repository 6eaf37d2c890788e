import type { z } from 'zod';
import { backupError } from '../failures/failure';
import type { BlobStore, WriteCondition } from '../vault/store/blob-store';

/** A settings document with the version it was read at. */
export interface Document<T> {
  name: string;
  value: T;
  etag: string;
  /** The storage service's time of the last change, ISO 8601 UTC. */
  lastModified: string;
}

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
  list(): AsyncIterable<Document<T>>;
  delete(name: string, etag?: string): Promise<'deleted' | 'missing' | 'conflict'>;
}

const MAX_BYTES = 4 * 1024 * 1024;

/** The documents `<folder>/<name>.json` of a store, each checked against `schema` whenever it is read or written. */
export function collection<T>(store: BlobStore, folder: string, schema: z.ZodType<T>): Collection<T> {
  const path = (name: string) => `${folder}/${name}.json`;
  const nameOf = (blob: string) => blob.slice(folder.length + 1, -'.json'.length);

  async function read(name: string): Promise<Document<T> | undefined> {
    const blob = await store.get(path(name), { maxBytes: MAX_BYTES });
    if (!blob) return undefined;
    return { name, value: parse(path(name), blob.body), etag: blob.etag, lastModified: blob.lastModified };
  }

  function parse(blobName: string, body: Buffer): T {
    try {
      return schema.parse(JSON.parse(body.toString('utf8')));
    } catch (cause) {
      throw backupError('DocumentUnreadable', `${blobName}: ${(cause as Error).message}`, { cause });
    }
  }

  async function write(name: string, value: T, condition: WriteCondition): Promise<Document<T> | undefined> {
    const checked = schema.parse(value);
    const body = Buffer.from(`${JSON.stringify(checked, null, 2)}\n`);
    const result = await store.put(path(name), body, condition);
    if (!result.written) return undefined;
    return { name, value: checked, etag: result.etag, lastModified: result.lastModified };
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

  async function* list(): AsyncIterable<Document<T>> {
    for await (const item of store.list(`${folder}/`)) {
      if (!item.name.endsWith('.json')) continue;
      const document = await read(nameOf(item.name));
      if (document) yield document;
    }
  }

  return {
    read,
    create,
    replace,
    update,
    list,
    delete: (name, etag) => store.delete(path(name), etag ? { ifMatch: etag } : undefined),
  };
}
