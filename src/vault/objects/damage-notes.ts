import type { BlobStore } from '../../storage/blob-store';
import { isDamage, type ObjectError } from '../../storage/object-error';
import { blobNames, isContentName } from '../format/names';
import { toDocument } from '../format/parse-document';

/** More than this many are healed by one backup after the other. */
const NOTES_READ = 10_000;

const CONTENT: ReadonlySet<string> = new Set(['chunks', 'packs', 'digests', 'segments', 'indexes']);

/**
 * Notes down that content was found damaged or missing, so that the next backup that has it writes it again.
 * Answers the blob's name; undefined when the error is not about content, or about content that only cannot
 * be had now.
 */
export async function noteDamage(store: BlobStore, error: ObjectError): Promise<string | undefined> {
  const blobName = isDamage(error) ? contentOf(error.objectName) : undefined;
  if (!blobName) return undefined;
  const note = {
    blob: blobName,
    code: error.failure.code,
    message: error.failure.message,
    foundAt: await store.now(),
  };
  await store.put(blobNames.damage(blobName), toDocument(note), { ifAbsent: true });
  return blobName;
}

/**
 * Does `read`; when it comes upon damaged content, that is noted down, in `healing` too, and the error thrown
 * on, whether or not the vault may be written.
 */
export async function notingDamage<T>(
  store: BlobStore,
  read: () => Promise<T>,
  healing?: Set<string>,
): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (isDamage(error)) {
      const blobName = contentOf(error.objectName);
      if (blobName) healing?.add(blobName);
      // The damage is the news, whatever keeps the note from being written.
      await noteDamage(store, error).catch(() => undefined);
    }
    throw error;
  }
}

/** Names of the blobs that were found damaged and are not healed yet. */
export async function listDamage(store: BlobStore): Promise<string[]> {
  const blobs: string[] = [];
  for await (const { name } of store.list('damage/')) {
    const blobName = contentOf(name.slice('damage/'.length));
    if (blobName) blobs.push(blobName);
    if (blobs.length === NOTES_READ) break;
  }
  return blobs;
}

/** `chunks/…` of `chunks/… at 123`. */
function contentOf(objectName: string): string | undefined {
  const [folder, name = ''] = objectName.split(' ', 1)[0]?.split('/') ?? [];
  return CONTENT.has(folder ?? '') && isContentName(name) ? `${folder}/${name}` : undefined;
}
