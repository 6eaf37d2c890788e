import type { BlobStore } from '../../src/storage/blob-store';
import { objectError } from '../../src/storage/object-error';
import { onceMore } from '../../src/storage/once-more';
import { open } from '../../src/vault/format/envelope';
import { CHUNK_BYTES } from '../../src/vault/format/geometry';
import { MAX_INDEX_BYTES } from '../../src/vault/format/index-codec';
import { sha256Hex } from '../../src/vault/format/names';
import { MAX_DIGESTS_BYTES, MAX_PACK_BYTES, MAX_SEGMENT_BYTES } from '../../src/vault/format/segment-codec';

const KINDS = {
  chunks: ['chunk', CHUNK_BYTES],
  segments: ['segment', MAX_SEGMENT_BYTES],
  indexes: ['index', MAX_INDEX_BYTES],
  digests: ['digests', MAX_DIGESTS_BYTES],
} as const;

/** An envelope is never longer than its plain bytes and this. */
const ENVELOPE_ROOM = 1024;

/** Copies content that is what its name says; answers its bytes. Throws an `ObjectError` for any other. */
export async function copyBlob(
  from: BlobStore,
  to: BlobStore,
  blobName: string,
  signal?: AbortSignal,
): Promise<number> {
  const body = await readSound(from, blobName, signal);
  await to.put(blobName, body, { ifAbsent: true }, signal);
  return body.length;
}

/** The stored bytes of content, checked against its name. */
export function readSound(store: BlobStore, blobName: string, signal?: AbortSignal): Promise<Buffer> {
  const [folder = '', name = ''] = blobName.split('/');
  return onceMore(async () => {
    const [kind, maxPlainBytes] = KINDS[folder as keyof typeof KINDS] ?? [undefined, MAX_PACK_BYTES];
    const blob = await store.get(blobName, { maxBytes: maxPlainBytes + ENVELOPE_ROOM, signal });
    if (!blob) throw objectError('VaultObjectMissing', blobName, 'it is not in the container');
    const named = kind ? await open(kind, blob.body, maxPlainBytes, blobName) : blob.body;
    if (sha256Hex(named) !== name)
      throw objectError('VaultObjectDamaged', blobName, 'its content does not match its name');
    return blob.body;
  });
}
