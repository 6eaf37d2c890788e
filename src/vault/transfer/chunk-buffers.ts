import { CHUNK_BYTES } from '../format/geometry';

/** As many as a part has in flight, and as many again for a second part in the same process. */
const KEPT = 12;
const free: Buffer[] = [];

/**
 * A chunk of zeros to fill. Buffers go round for the life of the process: freed ones of this size are not given back by the
 * allocator, so new ones would add up to more than what is ever used at once.
 */
export const borrowChunk = (): Buffer => free.pop()?.fill(0) ?? Buffer.alloc(CHUNK_BYTES);

/** Gives buffers back; nobody may look at them any more. */
export function returnChunks(chunks: readonly Buffer[]): void {
  free.push(...chunks.slice(0, KEPT - free.length));
}
