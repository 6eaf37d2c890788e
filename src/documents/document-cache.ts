import type { Document } from './document';

/**
 * Remembers documents by the version they were read in, so that a listing reads only what has changed. It is
 * never believed about what is there: a document counts only in the very version that the storage service
 * lists.
 */
export interface DocumentCache<T> {
  /** Gets ready for a listing. */
  open(): Promise<void>;
  find(name: string, etag: string): Document<T> | undefined;
  /** Remembers a document that this process has read or written. */
  add(document: Document<T>): void;
  /** This process has deleted a document. */
  remove(name: string): void;
  /** A listing that began at `startedAt` has ended: these documents are there, and no others. */
  close(names: ReadonlySet<string>, startedAt: number): Promise<void>;
  /**
   * Everything as this process knows it, when a listing began after `since`. Both are readings of
   * `performance.now()`.
   */
  recent(since: number): Document<T>[] | undefined;
}

/** Keeps nothing. */
export const noCache = <T>(): DocumentCache<T> => ({
  open: async () => undefined,
  find: () => undefined,
  add: () => undefined,
  remove: () => undefined,
  close: async () => undefined,
  recent: () => undefined,
});

/** Keeps documents in this process. */
export function memoryCache<T>(): DocumentCache<T> & { all(): Document<T>[] } {
  const known = new Map<string, Document<T>>();
  let listedAt = Number.NEGATIVE_INFINITY;
  return {
    open: async () => undefined,
    find(name, etag) {
      const document = known.get(name);
      return document?.etag === etag ? document : undefined;
    },
    add: (document) => void known.set(document.name, document),
    remove: (name) => void known.delete(name),
    async close(names, startedAt) {
      for (const name of known.keys()) if (!names.has(name)) known.delete(name);
      listedAt = startedAt;
    },
    recent: (since) => (listedAt >= since ? [...known.values()] : undefined),
    all: () => [...known.values()],
  };
}
