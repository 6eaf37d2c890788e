import type { BlobStore } from '../../storage/blob-store';
import { type DiskIndex, decodeIndex, MAX_INDEX_BYTES } from '../format/index-codec';
import { blobNames } from '../format/names';
import type { Segment } from '../format/segment';
import { decodeSegment, MAX_SEGMENT_BYTES } from '../format/segment-codec';
import { getContent } from './content';

/** The index of a disk of `sizeBytes`, checked against its name and the size. */
export async function readIndex(store: BlobStore, name: string, sizeBytes: number): Promise<DiskIndex> {
  const blobName = blobNames.index(name);
  return decodeIndex(await getContent(store, 'index', blobName, MAX_INDEX_BYTES), sizeBytes, blobName);
}

/** A segment, checked against its name. */
export async function readSegment(store: BlobStore, name: string, signal?: AbortSignal): Promise<Segment> {
  const blobName = blobNames.segment(name);
  return decodeSegment(await getContent(store, 'segment', blobName, MAX_SEGMENT_BYTES, signal), blobName);
}
