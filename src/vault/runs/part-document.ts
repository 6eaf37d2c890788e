import { z } from 'zod';
import type { BlobStore } from '../../storage/blob-store';
import { onceMore } from '../../storage/once-more';
import { transferCountsSchema } from '../format/counts';
import { blobNames, GRAMMARS } from '../format/names';
import { parseDocument, toDocument } from '../format/parse-document';

const MAX_PART_DOCUMENT_BYTES = 2 * 1024 * 1024;

/**
 * Finished segments of a part with what they cost. Written once: at checkpoints (each tells what came since
 * the one before) and at the end of the part (everything). Private to a run: not part of the format.
 */
export const partDocumentSchema = z.strictObject({
  part: z.number().int().nonnegative(),
  segments: z.array(
    z.tuple([z.number().int().nonnegative(), z.string().regex(GRAMMARS.SHA256_HEX).nullable()]),
  ),
  counts: transferCountsSchema,
  /** Why it was read and compared although the plan says changed blocks. */
  modeReason: z.string().optional(),
});

export type PartDocument = z.infer<typeof partDocumentSchema>;

const partsPrefix = (runId: string, diskId: string) => `${blobNames.run(runId, diskId)}parts/`;
const padded = (part: number) => String(part).padStart(5, '0');

export const partBlobName = (runId: string, diskId: string, part: number) =>
  `${partsPrefix(runId, diskId)}${padded(part)}/done.json`;

/** A checkpoint is named by the first segment that is not finished yet. */
export const checkpointBlobName = (runId: string, diskId: string, part: number, nextSegment: number) =>
  `${partsPrefix(runId, diskId)}${padded(part)}/checkpoint-${String(nextSegment).padStart(6, '0')}.json`;

/** What a part has behind it: its end, or its checkpoints in order. */
export async function readPartState(
  store: BlobStore,
  runId: string,
  diskId: string,
  part: number,
): Promise<{ done?: PartDocument; checkpoints: PartDocument[] }> {
  const names: string[] = [];
  for await (const { name } of store.list(`${partsPrefix(runId, diskId)}${padded(part)}/`)) names.push(name);
  const done = partBlobName(runId, diskId, part);
  if (names.includes(done)) return { done: await readPartDocument(store, done), checkpoints: [] };
  const checkpoints: PartDocument[] = [];
  for (const name of names) {
    const checkpoint = await readPartDocument(store, name);
    if (checkpoint) checkpoints.push(checkpoint);
  }
  return { checkpoints };
}

export async function readPartDocument(store: BlobStore, name: string): Promise<PartDocument | undefined> {
  return onceMore(async () => {
    const blob = await store.get(name, { maxBytes: MAX_PART_DOCUMENT_BYTES });
    return blob && parseDocument(partDocumentSchema, blob.body, name);
  });
}

/** False when somebody else wrote it first: then theirs counts. */
export async function writePartDocument(
  store: BlobStore,
  name: string,
  document: PartDocument,
): Promise<boolean> {
  return (await store.put(name, toDocument(document), { ifAbsent: true })).written;
}
