import type { BlobStore } from '../../src/storage/blob-store';
import { readSound } from '../../src/vault/objects/content';

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
