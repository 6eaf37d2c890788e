import type { EnvelopeKind } from '../format/envelope';
import { seal } from '../format/envelope';
import { CHUNKS_PER_SEGMENT } from '../format/geometry';
import { blobNames, sha256Hex } from '../format/names';
import type { ChunkEntry, DigestsRef, PatchData, Segment } from '../format/segment';
import { encodeSegment } from '../format/segment-codec';
import { type ContentWriter, keepIfPresent, putContent } from '../objects/content';
import { countPlain } from '../objects/content-account';
import { bringOnce, nothingInFlight } from '../objects/in-flight';
import type { ChunkOutcome, ChunkTask } from './chunk-outcome';
import type { packWriter } from './pack-writer';
import type { TransferContext } from './transfer-context';

/** A segment that is being put together: what the base point has there, changed chunk by chunk. */
export interface OpenSegment {
  segment: number;
  /** Name in the base point; null for zeros. */
  baseName: string | null;
  entries: Segment;
  digests: { blob: { name: string }; pieces: Buffer[]; bytes: number };
  changed: boolean;
}

export function startSegment(segment: number, baseName: string | null, entries: Segment): OpenSegment {
  return {
    segment,
    baseName,
    entries: [...entries],
    digests: { blob: { name: '' }, pieces: [], bytes: 0 },
    changed: false,
  };
}

/** Writes down what became of a chunk; its patch goes into the open pack. */
export async function recordOutcome(
  context: TransferContext,
  packs: ReturnType<typeof packWriter>,
  open: OpenSegment,
  { chunk, base }: ChunkTask,
  outcome: ChunkOutcome,
): Promise<void> {
  const { counts } = context;
  if (outcome.kind === 'unchanged') {
    counts.unchangedChunks += 1;
    return;
  }
  let entry: ChunkEntry | undefined;
  if (outcome.kind === 'hole') {
    counts.clearedChunks += 1;
  } else if (outcome.kind === 'chunk') {
    entry = { base: { name: outcome.name, digests: addDigests(open, outcome.digests) }, patches: [] };
  } else {
    counts.patchedChunks += 1;
    let data: PatchData | undefined;
    if (outcome.data) {
      const { hash, digests } = outcome.data;
      data = { ...(await packs.add(outcome.data)), hash, digests: addDigests(open, digests) };
    }
    const before = base?.patches ?? [];
    const patches = [...before.slice(0, before.length - outcome.replaces), { runs: outcome.runs, data }];
    entry = { base: base?.base, patches, content: outcome.content };
  }
  open.entries[chunk % CHUNKS_PER_SEGMENT] = entry;
  open.changed = true;
}

function addDigests({ digests }: OpenSegment, bytes: Buffer): DigestsRef {
  const ref = { blob: digests.blob, offset: digests.bytes };
  digests.pieces.push(bytes);
  digests.bytes += bytes.length;
  return ref;
}

/**
 * Writes a segment whose packs are written. Answers its name: the base's own when nothing changed, null for
 * all zeros.
 */
export async function writeSegment(context: TransferContext, open: OpenSegment): Promise<string | null> {
  if (!open.changed) return open.baseName;
  const { digests } = open;
  if (digests.bytes > 0)
    digests.blob.name = await writeContent(context, 'digests', Buffer.concat(digests.pieces));
  const plain = encodeSegment(open.entries);
  return plain.readUInt16LE(0) === 0 ? null : writeContent(context, 'segment', plain);
}

/**
 * Seals and writes content under its name, which is answered. What the base point names itself, `inherited`,
 * is left alone: that point was listed when the run began and stays a root for a grace longer than any run,
 * so not even a touch is needed, which a policy might forbid. Only when it was found damaged is it looked at
 * again.
 */
export async function writeContent(
  context: ContentWriter & Partial<Pick<TransferContext, 'signal' | 'inFlight'>>,
  kind: Extract<EnvelopeKind, 'digests' | 'segment' | 'index'>,
  plain: Buffer,
  inherited?: string,
): Promise<string> {
  const name = sha256Hex(plain);
  const blobName = blobNames[kind](name);
  if (name === inherited && !context.healing.has(blobName)) return name;
  const { inFlight = nothingInFlight(), signal } = context;
  await bringOnce(inFlight, blobName, context.healing, async () => {
    const known = inFlight.written.has(blobName);
    if (known && (await keepIfPresent(context, blobName, signal))) return 'present';
    countPlain(context.account, plain.length);
    return putContent(context, blobName, await seal(kind, plain), signal);
  });
  return name;
}
