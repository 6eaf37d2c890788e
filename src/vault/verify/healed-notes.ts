import type { BlobStore } from '../../storage/blob-store';
import { listDamage } from '../objects/damage-notes';
import { takeBackIfSound } from '../objects/review-note';

/** The notes of damage that whoever reads content back comes upon. */
export interface HealedNotes {
  /**
   * Takes back the notes about these blobs, which were read and seen to be whole as far as they were read.
   */
  seen(blobNames: readonly string[], signal?: AbortSignal): Promise<void>;
}

/** Looks once which notes there are: whoever reads sound content asks nobody about it. */
export async function healedNotes(store: BlobStore): Promise<HealedNotes> {
  const noted = new Set(await listDamage(store));
  return {
    async seen(blobNames, signal) {
      for (const name of blobNames) if (noted.delete(name)) await takeBackIfSound(store, name, signal);
    },
  };
}
