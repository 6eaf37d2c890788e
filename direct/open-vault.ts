import { statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { BackupError, backupError } from '../src/failures/failure';
import { isConnectionString, withoutSignature } from '../src/storage/address-words';
import type { BlobStore } from '../src/storage/blob-store';
import { connectContainer, connectContainerOf } from '../src/storage/container-address';
import { folderBlobStore } from '../src/storage/folder-blob-store';
import type { ChunkCodec } from '../src/vault/codec/chunk-codec';
import { openVaultToRead, type Vault } from '../src/vault/vault';

export type { Vault };

export interface PlaceOptions {
  /** The container of an account that is given as a connection string. */
  container?: string;
}

export interface OpenVaultOptions extends PlaceOptions {
  /** Threads for checking and decompressing; the caller's own when left out. */
  codec?: ChunkCodec;
}

const isUrl = (text: string) => /^[a-z][a-z0-9+.-]+:\/\//i.test(text);

/** What is meant by the address of a vault, for people: without what opens it. */
export const placeInWords = (address: string): string =>
  isUrl(address) || isConnectionString(address) ? withoutSignature(address) : path.resolve(address);

/**
 * The container at an address: a URL (see `connectContainer`), a connection string, or a folder, also as
 * `file:` URL. Nothing is asked of it yet. Throws `VaultAddressInvalid`.
 */
export function placeAt(address: string, { container = 'vault' }: PlaceOptions = {}): BlobStore {
  if (isConnectionString(address)) return connectContainerOf(address, container);
  if (/^file:\/\//i.test(address)) return folderBlobStore(fileURLToPath(address));
  if (isUrl(address)) return connectContainer(address);
  if (address === '') throw backupError('VaultAddressInvalid', 'it is empty');
  return folderBlobStore(address);
}

/**
 * Opens a vault straight from its container or from a copy of it in a folder, only to read. Throws
 * `VaultNotFound` where there is none, `VaultVersionUnsupported` for a newer one, `VaultDocumentInvalid` for
 * a damaged `vault.json`, and what the storage refuses.
 */
export async function openVaultAt(address: string, options: OpenVaultOptions = {}): Promise<Vault> {
  refuseFile(address);
  try {
    return await openVaultToRead(placeAt(address, options), { codec: options.codec });
  } catch (error) {
    if (!(error instanceof BackupError) || error.failure.code !== 'VaultNotFound') throw error;
    throw backupError('VaultNotFound', `${placeInWords(address)}: ${error.failure.message}`);
  }
}

/** Who names `vault.json` itself means the folder around it, but it is better said than guessed. */
function refuseFile(address: string): void {
  if (isUrl(address) || isConnectionString(address)) return;
  if (statSync(address, { throwIfNoEntry: false })?.isFile())
    throw backupError('VaultNotFound', `${path.resolve(address)} is a file, not the folder of a vault`);
}
