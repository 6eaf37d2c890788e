import { type EnvelopeKind, open } from '../format/envelope';
import { sha256Hex } from '../format/names';
import type { BlobStore } from '../store/blob-store';
import { vaultError } from '../vault-error';

/**
 * True when the blob is there and garbage collection will leave it alone until this run has ended. An old blob may be
 * about to be collected: touching it gives it a new ETag, so that the collector's conditional delete loses.
 * `freshSince`: blobs last modified before it (ISO 8601) are touched.
 */
export async function keepIfPresent(
  store: BlobStore,
  blobName: string,
  freshSince: string,
): Promise<boolean> {
  for (;;) {
    const present = await store.head(blobName);
    if (!present) return false;
    if (present.lastModified >= freshSince) return true;
    const touched = await store.touch(blobName, present.etag);
    if (touched.written) return true;
  }
}

/** Writes content under its own name unless it is there. Whoever loses a race finds the same bytes. */
export async function putContent(
  store: BlobStore,
  blobName: string,
  body: Buffer,
  freshSince: string,
  signal?: AbortSignal,
): Promise<'written' | 'present'> {
  for (;;) {
    const { written } = await store.put(blobName, body, { ifAbsent: true }, signal);
    if (written) return 'written';
    if (await keepIfPresent(store, blobName, freshSince)) return 'present';
  }
}

/** Reads content and checks it against the name it was asked for by. At most `maxPlainBytes` are ever held. */
export async function getContent(
  store: BlobStore,
  kind: EnvelopeKind,
  blobName: string,
  maxPlainBytes: number,
  signal?: AbortSignal,
): Promise<Buffer> {
  // An envelope is never longer than its plain bytes, the header and a little.
  const blob = await store.get(blobName, { maxBytes: maxPlainBytes + 1024, signal });
  if (!blob) throw vaultError('VaultObjectMissing', blobName, 'it is not in the container');
  const plain = await open(kind, blob.body, maxPlainBytes, blobName);
  const name = blobName.slice(blobName.lastIndexOf('/') + 1);
  if (sha256Hex(plain) !== name)
    throw vaultError('VaultObjectDamaged', blobName, 'its content does not match its name');
  return plain;
}
