import { type EnvelopeKind, open } from '../format/envelope';
import { blobNames, sha256Hex } from '../format/names';
import type { BlobStore } from '../store/blob-store';
import { vaultError } from '../vault-error';

/** How a run puts content into the vault. */
export interface ContentWriter {
  store: BlobStore;
  /** Blobs last modified before this time (ISO 8601) are touched before the run relies on them. */
  freshSince: string;
  /** Names of blobs that were found damaged: what is there counts as missing, and is written again. */
  healing: Set<string>;
}

/**
 * True when the blob is there and garbage collection will leave it alone until this run has ended. An old blob may be
 * about to be collected: touching it gives it a new ETag, so that the collector's conditional delete loses.
 */
export async function keepIfPresent(
  { store, freshSince, healing }: ContentWriter,
  blobName: string,
): Promise<boolean> {
  if (healing.has(blobName)) return false;
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
  writer: ContentWriter,
  blobName: string,
  body: Buffer,
  signal?: AbortSignal,
): Promise<'written' | 'present'> {
  for (;;) {
    if (writer.healing.has(blobName)) await heal(writer, blobName, body);
    const { written } = await writer.store.put(blobName, body, { ifAbsent: true }, signal);
    if (written) return 'written';
    if (await keepIfPresent(writer, blobName)) return 'present';
  }
}

/** The only place where content is replaced: by what its name says, and only in the version that was there. */
async function heal({ store, healing }: ContentWriter, blobName: string, body: Buffer): Promise<void> {
  const present = await store.head(blobName);
  const condition = present ? { ifMatch: present.etag } : { ifAbsent: true as const };
  if (!(await store.put(blobName, body, condition)).written) return;
  healing.delete(blobName);
  await store.delete(blobNames.damage(blobName));
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
