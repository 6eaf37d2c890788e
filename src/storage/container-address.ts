import { BlobServiceClient, ContainerClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { backupError } from '../failures/failure';
import { withoutSignature } from './address-words';
import { azureBlobStore } from './azure-blob-store';
import type { BlobStore } from './blob-store';

/** The account of every Azurite; public by design, it opens nothing but emulators (Azurite's README). */
const EMULATOR_ACCOUNT = 'devstoreaccount1';
const EMULATOR_KEY =
  'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

/**
 * A container by its address, as a person has it at hand:
 * - `https://ACCOUNT.blob.core.windows.net/CONTAINER?SAS`: opened by the signature;
 * - the same without a signature: by the identity of whoever runs this (Azure CLI, managed identity, …);
 * - `http://127.0.0.1:PORT/devstoreaccount1/CONTAINER`: an Azurite, with the key that every Azurite has.
 * Fails with `VaultAddressInvalid`. Nothing is sent before the first call.
 */
export function connectContainer(address: string): BlobStore {
  const url = parse(address);
  const isLoopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(url.hostname);
  if (url.protocol !== 'https:' && !isLoopback)
    throw invalid(url, 'only https is spoken with other machines');
  return azureBlobStore(containerClient(url, isLoopback));
}

/** A container of the account that a connection string names. Fails with `VaultAddressInvalid`. */
export function connectContainerOf(connectionString: string, container: string): BlobStore {
  try {
    const service = BlobServiceClient.fromConnectionString(connectionString);
    return azureBlobStore(service.getContainerClient(container));
  } catch {
    // The words of the SDK repeat what it was given, and with it the key.
    throw backupError('VaultAddressInvalid', 'the connection string cannot be read');
  }
}

function containerClient(url: URL, isLoopback: boolean): ContainerClient {
  const parts = url.pathname.split('/').filter((part) => part !== '');
  if (url.searchParams.has('sig')) return new ContainerClient(url.href);
  if (isLoopback && parts[0] === EMULATOR_ACCOUNT)
    return new ContainerClient(url.href, new StorageSharedKeyCredential(EMULATOR_ACCOUNT, EMULATOR_KEY));
  if (url.protocol !== 'https:') throw invalid(url, 'it has no signature');
  // Loaded only here: the identity library costs start-up time that a signature does not need.
  const { DefaultAzureCredential } = require('@azure/identity') as typeof import('@azure/identity');
  return new ContainerClient(url.href, new DefaultAzureCredential());
}

function parse(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || !/^https?:$/.test(url.protocol))
    throw backupError('VaultAddressInvalid', `${withoutSignature(address)} is no address of a container`);
  const parts = url.pathname.split('/').filter((part) => part !== '');
  const isPathStyle = /^(localhost|[\d.]+|\[.*\])$/.test(url.hostname);
  if (parts.length !== (isPathStyle ? 2 : 1))
    throw invalid(
      url,
      isPathStyle ? 'it has to end with /ACCOUNT/CONTAINER' : 'it has to end with /CONTAINER',
    );
  return url;
}

const invalid = (url: URL, why: string) =>
  backupError('VaultAddressInvalid', `${url.origin}${url.pathname}: ${why}`);
