import { BackupError } from '../../failures/failure';
import type { BlobStore } from '../../storage/blob-store';
import { isStorageRefusal } from '../../storage/storage-failure';
import { blobNames } from '../format/names';
import { isSound } from './content';

/**
 * Reads content that a note calls damaged, all of it, and takes the note back when it is whole again, whoever
 * made it so. What cannot be had now stays noted.
 */
export async function takeBackIfSound(
  store: BlobStore,
  blobName: string,
  signal?: AbortSignal,
): Promise<boolean> {
  try {
    if (!(await isSound(store, blobName, signal))) return false;
  } catch (error) {
    if (error instanceof BackupError && !isStorageRefusal(error)) return false;
    throw error;
  }
  return (await store.delete(blobNames.damage(blobName))) === 'deleted';
}
