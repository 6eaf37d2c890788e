import { orderedParallel } from '../basics/ordered-parallel';
import { BackupError } from '../failures/failure';
import { isStorageRefusal } from '../storage/storage-failure';
import type { Document } from './document';
import type { DocumentCache } from './document-cache';
import type { DocumentFolder, ListedDocument } from './document-folder';

const READS_AT_ONCE = 32;

export interface ListOptions {
  /**
   * Hears of a document that cannot be read, which is then left out: one bad document must not hide the
   * others.
   */
  onUnreadable?: (error: BackupError, name: string) => void;
}

/**
 * All documents of a folder, in the order of their keys; `read` is asked only for what the cache lacks in the
 * version listed.
 */
export async function* listDocuments<T>(
  folder: Pick<DocumentFolder<T>, 'list'>,
  cache: DocumentCache<T>,
  read: (name: string) => Promise<Document<T> | undefined>,
  { onUnreadable }: ListOptions = {},
): AsyncIterable<Document<T>> {
  const startedAt = performance.now();
  await cache.open();
  const found = new Set<string>();
  const readListed = async ({ name, item }: ListedDocument) => {
    const known = cache.find(name, item.etag);
    if (known) return known;
    try {
      return await read(name);
    } catch (error) {
      // A refusal of the storage is none of this document's: left out, it would seem not to be there.
      if (!onUnreadable || !(error instanceof BackupError) || isStorageRefusal(error)) throw error;
      onUnreadable(error, name);
      return undefined;
    }
  };
  for await (const document of orderedParallel(folder.list(), READS_AT_ONCE, readListed)) {
    if (!document) continue;
    found.add(document.name);
    yield document;
  }
  await cache.close(found, startedAt);
}
