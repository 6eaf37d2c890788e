import type { BlobStore } from '../../storage/blob-store';
import { objectError } from '../../storage/object-error';
import { dataBlocksIn } from '../format/block-map';
import { CHUNK_DIGESTS_BYTES, DIGEST_BYTES } from '../format/digests';
import { blobNames } from '../format/names';
import type { DigestsRef, Segment } from '../format/segment';
import { MAX_DIGESTS_BYTES } from '../format/segment-codec';
import { getContent } from '../objects/content';
import { notingDamage } from '../objects/damage-notes';

/** A blob of digests, as a segment needs it. */
export interface SegmentDigests {
  name: string;
  /** So many bytes of it at least. */
  bytes: number;
  /** The chunks of the segment that refer to it lie from here … */
  firstPlace: number;
  /** … to here. */
  lastPlace: number;
}

/** All blobs of digests that a segment names, in the order in which they are first named. */
export function digestsIn(segment: Segment): SegmentDigests[] {
  const found = new Map<string, SegmentDigests>();
  const add = (place: number, { blob, offset }: DigestsRef, length: number) => {
    const known = found.get(blob.name) ?? { name: blob.name, bytes: 0, firstPlace: place, lastPlace: place };
    found.set(blob.name, { ...known, bytes: Math.max(known.bytes, offset + length), lastPlace: place });
  };
  for (const [place, entry] of segment.entries()) {
    if (entry?.base) add(place, entry.base.digests, CHUNK_DIGESTS_BYTES);
    for (const { runs, data } of entry?.patches ?? [])
      if (data) add(place, data.digests, dataBlocksIn(runs) * DIGEST_BYTES);
  }
  return [...found.values()];
}

/**
 * Reads digests back and checks them, a blob once however many segments name it. Throws what is wrong with
 * them; what does not match its name is noted down.
 */
export function digestsVerifier(
  store: BlobStore,
): (digests: SegmentDigests, signal?: AbortSignal) => Promise<void> {
  const lengths = new Map<string, Promise<number>>();
  const lengthOf = async (name: string, signal?: AbortSignal) =>
    (await getContent(store, 'digests', name, MAX_DIGESTS_BYTES, signal)).length;
  return async ({ name, bytes }, signal) => {
    const blobName = blobNames.digests(name);
    const reading = lengths.get(name) ?? lengthOf(blobName, signal);
    lengths.set(name, reading);
    const length = await notingDamage(store, () => reading);
    if (length < bytes) throw objectError('VaultObjectDamaged', blobName, 'it ends early');
  };
}
