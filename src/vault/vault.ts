import { BackupError, backupError } from '../failures/failure';
import type { BlobStore } from '../storage/blob-store';
import { objectError } from '../storage/object-error';
import { onceMore } from '../storage/once-more';
import { readOnlyBlobStore } from '../storage/read-only-blob-store';
import type { ChunkCodec } from './codec/chunk-codec';
import { inlineCodec } from './codec/inline-codec';
import { blobNames } from './format/names';
import { parseDocument, toDocument } from './format/parse-document';
import { newVaultDocument, type VaultDocument, vaultDocumentSchema } from './format/vault-document';
import { checkSafetyTimes, DEFAULT_SAFETY_TIMES, type SafetyTimes } from './safety-times';
import { guardVault, type StoredVaultDocument } from './vault-guard';

/**
 * An open vault. Cheap to make; holds nothing but its container and the times that keep garbage collection
 * safe.
 */
export interface Vault {
  readonly store: BlobStore;
  readonly document: VaultDocument;
  readonly times: SafetyTimes;
  readonly codec: ChunkCodec;
  /**
   * Throws `VaultChanged` when the container is another vault by now; `store` takes no writes from then on.
   */
  lookAgain(): Promise<void>;
}

export interface VaultOptions {
  times?: Partial<SafetyTimes>;
  /** The caller's own thread when left out. */
  codec?: ChunkCodec;
}

/**
 * Opens the vault in this container, and makes both if there is none. Two who make it at once get the same
 * vault.
 */
export async function openVault(store: BlobStore, options: VaultOptions = {}): Promise<Vault> {
  const times = checkSafetyTimes({ ...DEFAULT_SAFETY_TIMES, ...options.times });
  let opened = await readVaultDocument(store).catch(containerMayBeMissing);
  if (!opened) {
    await store.ensureContainer();
    await store.put(blobNames.vault, toDocument(newVaultDocument(await store.now())), { ifAbsent: true });
    opened = await readVaultDocument(store);
  }
  if (!opened) throw objectError('VaultObjectMissing', blobNames.vault, 'it vanished after it was written');
  const guard = guardVault(store, opened, () => readVaultDocument(store));
  return { ...guard, times, document: opened.document, codec: options.codec ?? inlineCodec };
}

/**
 * Opens a vault that is there, to read it and nothing else, whatever the credentials allow. Throws
 * `VaultNotFound` where there is none.
 */
export async function openVaultToRead(store: BlobStore, options: VaultOptions = {}): Promise<Vault> {
  const times = checkSafetyTimes({ ...DEFAULT_SAFETY_TIMES, ...options.times });
  const opened = await readVaultDocument(store).catch(containerMayBeMissing);
  if (!opened) throw backupError('VaultNotFound', `there is no ${blobNames.vault}`);
  const guard = guardVault(readOnlyBlobStore(store), opened, () => readVaultDocument(store));
  return { ...guard, times, document: opened.document, codec: options.codec ?? inlineCodec };
}

const readVaultDocument = (store: BlobStore): Promise<StoredVaultDocument | undefined> =>
  onceMore(async () => {
    const blob = await store.get(blobNames.vault, { maxBytes: 64 * 1024 });
    if (!blob) return undefined;
    refuseOtherVersions(blob.body);
    return { document: parseDocument(vaultDocumentSchema, blob.body, blobNames.vault), etag: blob.etag };
  });

/** A newer version is told apart from damage, so that the reader hears what to do. */
function refuseOtherVersions(body: Buffer): void {
  const version = /"formatVersion"\s*:\s*(\d{1,9})/.exec(body.toString('utf8'))?.[1];
  if (version !== undefined && version !== '1') {
    throw objectError('VaultVersionUnsupported', blobNames.vault, `format version ${version}`);
  }
}

function containerMayBeMissing(error: unknown): undefined {
  if (error instanceof BackupError && error.failure.code === 'VaultContainerMissing') return undefined;
  throw error;
}
