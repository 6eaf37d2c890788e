import { backupError } from '../../failures/failure';
import type { BlobItem, BlobStore } from '../../storage/blob-store';
import { isDamage, objectError } from '../../storage/object-error';
import { onceMore } from '../../storage/once-more';
import { type EnvelopeKind, open } from '../format/envelope';
import { CHUNK_BYTES } from '../format/geometry';
import { MAX_INDEX_BYTES } from '../format/index-codec';
import { blobNames, sha256Hex } from '../format/names';
import { MAX_DIGESTS_BYTES, MAX_PACK_BYTES, MAX_SEGMENT_BYTES } from '../format/segment-codec';
import { type ContentAccount, countOwn, countSent, countStored, signatureOf } from './content-account';

/** Every lost race means that somebody else got on, so a few tries are plenty; a bound all the same. */
const TRIES = 20;
/** Few and small, and a point is nothing without them: what is there is always read back. */
const READ_BACK = /^(segments|indexes|digests)\//;

/** Behind damaged digests nothing is hidden: they name nothing, and no restore needs them. */
const anyOfData = (healing: Iterable<string>): boolean => {
  for (const name of healing) if (!name.startsWith('digests/')) return true;
  return false;
};

/** How a run puts content into the vault. */
export interface ContentWriter {
  store: BlobStore;
  /** Blobs last modified before this time (ISO 8601) are touched before the run relies on them. */
  freshSince: string;
  /**
   * Names of blobs that were found damaged. While there is any that is not digests, nothing that is there is
   * believed unread: what a damaged segment named was seen by no verification.
   */
  healing: Set<string>;
  /** Who writes, and what it comes to; nobody counts without. */
  account?: ContentAccount;
}

/**
 * True when the blob is there, sound as far as there is reason for doubt, and garbage collection will leave
 * it alone until this run has ended. An old blob may be about to be collected: touching it gives it a new
 * ETag, so that the collector's conditional delete loses. Throws `VaultContentLocked` when the blob cannot be
 * touched.
 */
export async function keepIfPresent(
  writer: ContentWriter,
  blobName: string,
  signal?: AbortSignal,
): Promise<boolean> {
  const found = await keep(writer, blobName, signal);
  return typeof found === 'object' && 'kept' in found;
}

/**
 * Writes content under its own name unless it is there; what is there and damaged is replaced. Whoever loses
 * a race finds the same bytes. Throws `VaultContentLocked` when what is there can neither be kept nor
 * replaced.
 */
export async function putContent(
  writer: ContentWriter,
  blobName: string,
  body: Buffer,
  signal?: AbortSignal,
): Promise<'written' | 'present'> {
  const { store, account } = writer;
  for (let tries = 0; tries < TRIES; tries += 1) {
    const { written } = await store.put(blobName, body, { ifAbsent: true, by: signatureOf(account) }, signal);
    countSent(account, body);
    if (written) {
      countStored(account, blobName, body.length);
      await forgetDamage(writer, blobName);
      return 'written';
    }
    const found = await keep(writer, blobName, signal);
    if (found === 'missing') continue;
    if ('kept' in found) return 'present';
    if (await heal(writer, found.damaged, body, signal)) return 'written';
  }
  throw locked(blobName, `it changed ${TRIES} times while it was written`);
}

async function keep(
  writer: ContentWriter,
  blobName: string,
  signal?: AbortSignal,
): Promise<'missing' | { kept: BlobItem } | { damaged: BlobItem }> {
  const { store, freshSince, healing, account } = writer;
  let refused: string | undefined;
  for (let tries = 0; tries < TRIES; tries += 1) {
    signal?.throwIfAborted();
    const present = await store.head(blobName);
    if (!present) return 'missing';
    if (READ_BACK.test(blobName) || anyOfData(healing)) {
      if (!(await isSound(store, blobName, signal))) return { damaged: present };
      await forgetDamage(writer, blobName);
    }
    if (present.lastModified >= freshSince) {
      countOwn(account, present);
      return { kept: present };
    }
    // Nobody else has changed it since it could not be touched: it will not be touched by waiting either.
    if (present.etag === refused) break;
    const touched = await store.touch(blobName, present.etag);
    if (touched.written) return { kept: present };
    if (touched.locked) break;
    refused = present.etag;
  }
  // It cannot be deleted now either, but that proves nothing: when a policy runs out, blobs can be deleted
  // and still not be touched, so garbage collection could take it between now and the commit.
  throw locked(blobName, 'it cannot be kept from garbage collection');
}

/**
 * The only place where content is replaced: by what its name says, and only in the version that was there.
 */
async function heal(
  writer: ContentWriter,
  { name, etag, sizeBytes }: BlobItem,
  body: Buffer,
  signal?: AbortSignal,
): Promise<boolean> {
  const { store, account } = writer;
  const result = await store.put(name, body, { ifMatch: etag, by: signatureOf(account) }, signal);
  countSent(account, body);
  if (!result.written) {
    if (result.locked) throw locked(name, 'it is damaged and cannot be replaced');
    return false;
  }
  // What took the place of as much is not new.
  countStored(account, name, Math.max(0, body.length - sizeBytes));
  await forgetDamage(writer, name);
  return true;
}

/** Takes back a note of damage about content that is sound. */
export async function forgetDamage({ store, healing }: ContentWriter, blobName: string): Promise<void> {
  if (healing.has(blobName)) await store.delete(blobNames.damage(blobName));
}

const locked = (blobName: string, detail: string) =>
  backupError('VaultContentLocked', `${blobName}: ${detail}`);

/**
 * Whether what is there matches its name. What cannot be had now is thrown: it is sound as far as anybody
 * knows.
 */
export async function isSound(store: BlobStore, blobName: string, signal?: AbortSignal): Promise<boolean> {
  try {
    await readSound(store, blobName, signal);
    return true;
  } catch (error) {
    if (isDamage(error)) return false;
    throw error;
  }
}

const KINDS = {
  chunks: ['chunk', CHUNK_BYTES],
  segments: ['segment', MAX_SEGMENT_BYTES],
  indexes: ['index', MAX_INDEX_BYTES],
  digests: ['digests', MAX_DIGESTS_BYTES],
} as const;

/** The bytes of content of any kind as they are stored, checked against its name as `getContent` does. */
export async function readSound(store: BlobStore, blobName: string, signal?: AbortSignal): Promise<Buffer> {
  const [folder = ''] = blobName.split('/', 1);
  // A pack is named by its bytes as they are.
  if (folder === 'packs')
    return (await readNamed(store, blobName, MAX_PACK_BYTES, async (stored) => stored, signal)).stored;
  const [kind, maxPlainBytes] = KINDS[folder as keyof typeof KINDS];
  return (await readEnvelope(store, kind, blobName, maxPlainBytes, signal)).stored;
}

/**
 * Reads content and checks it against the name it was asked for by, once more where it does not match. At
 * most `maxPlainBytes` are ever held.
 */
export async function getContent(
  store: BlobStore,
  kind: EnvelopeKind,
  blobName: string,
  maxPlainBytes: number,
  signal?: AbortSignal,
): Promise<Buffer> {
  return (await readEnvelope(store, kind, blobName, maxPlainBytes, signal)).plain;
}

/** Content as it is stored, and what its name is made of. */
interface Read {
  stored: Buffer;
  plain: Buffer;
}

/** An envelope is never longer than its plain bytes, the header and a little. */
const readEnvelope = (
  store: BlobStore,
  kind: EnvelopeKind,
  blobName: string,
  maxPlainBytes: number,
  signal?: AbortSignal,
): Promise<Read> =>
  readNamed(
    store,
    blobName,
    maxPlainBytes + 1024,
    (stored) => open(kind, stored, maxPlainBytes, blobName),
    signal,
  );

function readNamed(
  store: BlobStore,
  blobName: string,
  maxBytes: number,
  plainOf: (stored: Buffer) => Promise<Buffer>,
  signal?: AbortSignal,
): Promise<Read> {
  return onceMore(async () => {
    const blob = await store.get(blobName, { maxBytes, signal });
    if (!blob) throw objectError('VaultObjectMissing', blobName, 'it is not in the container');
    const plain = await plainOf(blob.body);
    const name = blobName.slice(blobName.lastIndexOf('/') + 1);
    if (sha256Hex(plain) !== name)
      throw objectError('VaultObjectDamaged', blobName, 'its content does not match its name');
    return { stored: blob.body, plain };
  });
}
