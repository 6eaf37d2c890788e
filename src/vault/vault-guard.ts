import { BackupError, backupError } from '../failures/failure';
import type { BlobStore } from '../storage/blob-store';
import { isStorageRefusal } from '../storage/storage-failure';
import { blobNames } from './format/names';
import type { VaultDocument } from './format/vault-document';

/** `vault.json` in a version of it. */
export interface StoredVaultDocument {
  document: VaultDocument;
  etag: string;
}

/** Keeps a process from writing to a container that is not the vault it opened any more. */
export interface VaultGuard {
  /** The store; from the moment that the vault is seen to have changed, it refuses to be written to. */
  store: BlobStore;
  /**
   * Looks at `vault.json` again. Throws `VaultChanged` when it is gone or says something else than when the
   * vault was opened; once it is as it was, the vault may be written to again.
   */
  lookAgain(): Promise<void>;
}

/** `read` answers `vault.json` as it is now. */
export function guardVault(
  store: BlobStore,
  opened: StoredVaultDocument,
  read: () => Promise<StoredVaultDocument | undefined>,
): VaultGuard {
  const known = JSON.stringify(opened.document);
  let knownEtag = opened.etag;
  let changed: BackupError | undefined;

  /**
   * A new ETag alone is no change: whoever sets metadata, or puts the same document back, changes nothing.
   */
  async function whatChanged(): Promise<string | undefined> {
    const etag = (await store.head(blobNames.vault))?.etag;
    if (etag === knownEtag) return undefined;
    const now = etag === undefined ? undefined : await read();
    if (!now) return 'it is gone';
    const { document } = now;
    if (JSON.stringify(document) !== known)
      return `it says now that the vault was made at ${document.createdAt}`;
    knownEtag = now.etag;
    return undefined;
  }

  const unlessChanged =
    <A extends unknown[], R>(write: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      if (changed) throw changed;
      return write(...args);
    };

  return {
    store: {
      ...store,
      put: unlessChanged(store.put),
      touch: unlessChanged(store.touch),
      delete: unlessChanged(store.delete),
    },
    async lookAgain() {
      const change = await whatChanged().catch(unreadable);
      changed =
        change === undefined ? undefined : backupError('VaultChanged', `${blobNames.vault}: ${change}.`);
      if (changed) throw changed;
    },
  };
}

/** A document that cannot be read is another one; what the storage refuses says nothing about it. */
function unreadable(error: unknown): string {
  if (!(error instanceof BackupError) || isStorageRefusal(error)) throw error;
  return `it cannot be read any more (${error.message})`;
}
