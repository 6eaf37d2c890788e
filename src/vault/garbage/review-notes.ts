import { orderedParallel } from '../../basics/ordered-parallel';
import type { BlobItem } from '../../storage/blob-store';
import { isContentName } from '../format/names';
import { takeBackIfSound } from '../objects/review-note';
import type { Vault } from '../vault';
import type { ContentFolder } from './content-folders';
import { keyOf, type NameSet } from './name-set';

const DAMAGE = 'damage/';
/** Content of 4 MiB each is read back: so many take a collection about a minute. */
const READ_BACK_AT_MOST = 1000;
const READS_AT_ONCE = 8;
const DAY_MS = 86_400_000;

/**
 * Reads back some of the content that points need and that notes call damaged, and takes the notes back about
 * what is whole again, whoever made it so. Where there are more notes than one collection reads back, they
 * take turns by the day: `now` is the time of the storage service.
 */
export async function noteReview({ store }: Vault, now: string) {
  let notes = 0;
  for await (const _note of store.list(DAMAGE)) notes += 1;
  const turns = Math.ceil(notes / READ_BACK_AT_MOST);
  const day = Math.floor(Date.parse(now) / DAY_MS);
  const isDue = (name: string) => (keyOf(name) + day) % turns === 0;
  return {
    async review(
      folder: ContentFolder,
      prefix: string,
      marks: Pick<NameSet, 'has'>,
      signal?: AbortSignal,
    ): Promise<void> {
      if (notes === 0) return;
      const look = async (name: string) => {
        signal?.throwIfAborted();
        if (isDue(name)) await takeBackIfSound(store, folder + name, signal);
      };
      const marked = namesOfNotes(store, folder, prefix, (name) => marks.has(name));
      for await (const _done of orderedParallel(marked, READS_AT_ONCE, look));
    },
  };
}

async function* namesOfNotes(
  store: Vault['store'],
  folder: ContentFolder,
  prefix: string,
  wanted: (name: string) => boolean,
): AsyncGenerator<string> {
  for await (const { name } of notesOf(store, folder, prefix)) if (wanted(name)) yield name;
}

/** The notes about content of a folder, and the names of that content in it. */
export async function* notesOf(
  store: Vault['store'],
  folder: ContentFolder,
  prefix: string,
): AsyncGenerator<{ note: BlobItem; name: string }> {
  const notes = `${DAMAGE}${folder}`;
  for await (const note of store.list(notes + prefix)) {
    const name = note.name.slice(notes.length);
    if (isContentName(name)) yield { note, name };
  }
}
