import { addSeconds } from '../../../../src/basics/time';
import { noCounts } from '../../../../src/vault/format/counts';
import { digestBlocks } from '../../../../src/vault/format/digests';
import { seal } from '../../../../src/vault/format/envelope';
import { CHUNK_BYTES } from '../../../../src/vault/format/geometry';
import { encodeIndex } from '../../../../src/vault/format/index-codec';
import { blobNames, sha256Hex } from '../../../../src/vault/format/names';
import type { ChunkEntry, Segment } from '../../../../src/vault/format/segment';
import { encodeSegment } from '../../../../src/vault/format/segment-codec';
import { keepIfPresent, putContent } from '../../../../src/vault/objects/content';
import { readIndex, readSegment } from '../../../../src/vault/objects/read-index';
import { commitPoint, newestPoint } from '../../../../src/vault/points';
import { readPlan } from '../../../../src/vault/runs/plan-document';
import { planTransfer } from '../../../../src/vault/transfer/plan-transfer';
import { writeContent } from '../../../../src/vault/transfer/segment-writer';
import type { Vault } from '../../../../src/vault/vault';
import type { Random } from '../../../support/seeded-random';
import { draftOf } from '../../support/backups';

/** For retention, each backup shows another day. */
const DAY_SECONDS = 24 * 3600;
const CHUNKS = 4;
/** Few different contents, so that VMs share chunks and chunks come back after they were garbage. */
const CONTENTS = 6;

/**
 * A backup as the transfer does it, with chunks of a few bytes: the plan and the commit are the real ones,
 * and so are the rules for using what is in the vault. `pause` lets the others run and time pass.
 */
export async function modelBackup(
  vault: Vault,
  vmKey: string,
  number: number,
  random: Random,
  pause: (seconds: number) => Promise<void>,
): Promise<void> {
  const { store, times } = vault;
  const runId = `run-${number}`;
  const diskId = 'os';
  const basePoint = await newestPoint(vault, vmKey);
  const source = {
    sizeBytes: CHUNKS * CHUNK_BYTES,
    allocatedRanges: async () => [{ offset: 0, length: CHUNKS * CHUNK_BYTES }],
    changedRanges: async () => [{ offset: 0, length: CHUNKS * CHUNK_BYTES, cleared: false }],
    read: async () => {},
  };
  const base = basePoint && { pointId: basePoint.pointId, diskId };
  await planTransfer(vault, { runId, diskId, source, base });
  const plan = await readPlan(store, runId, diskId);
  const freshSince = addSeconds(plan.startedAt, -times.refreshAfterSeconds);
  const context = { store, freshSince, healing: new Set<string>(), counts: noCounts() };

  const segment: Segment = plan.base
    ? [...(await baseSegment(vault, plan.base.index, source.sizeBytes))]
    : [];
  for (let place = 0; place < CHUNKS; place += 1) {
    if (segment[place] && random.chance(0.5)) continue;
    await pause(random.below(40));
    const content = Buffer.alloc(4096, random.below(CONTENTS) + 1);
    const digests = {
      blob: { name: await writeContent(context, 'digests', digestBlocks(content)) },
      offset: 0,
    };
    segment[place] = random.chance(0.7)
      ? { base: { name: await bringChunk(content), digests }, patches: [] }
      : await patched(segment[place], content, digests);
  }
  const name = await writeContent(context, 'segment', encodeSegment(segment));
  await pause(random.below(60));
  const index = await writeContent(context, 'index', encodeIndex([name]));
  const summary = { diskId, sizeBytes: source.sizeBytes, index, mode: plan.mode, counts: noCounts() };
  await commitPoint(vault, {
    ...draftOf(`${vmKey}.20300101t${String(number).padStart(6, '0')}z`, runId, [summary]),
    snapshotTime: addSeconds('2030-01-01T00:00:00.000Z', number * DAY_SECONDS),
  });

  async function bringChunk(content: Buffer): Promise<string> {
    const chunk = sha256Hex(content);
    const blobName = blobNames.chunk(chunk);
    if (random.chance(0.5) && (await keepIfPresent(context, blobName))) return chunk;
    await putContent(context, blobName, await seal('chunk', content));
    return chunk;
  }

  async function patched(
    entry: ChunkEntry | undefined,
    content: Buffer,
    digests: { blob: { name: string }; offset: number },
  ) {
    const envelope = await seal('patch', content);
    const pack = { name: sha256Hex(envelope), sizeBytes: envelope.length };
    await putContent(context, blobNames.pack(pack.name), envelope);
    const data = { pack, offset: 0, length: envelope.length, hash: sha256Hex(content), digests };
    const before = entry?.patches.slice(0, 2) ?? [];
    return { base: entry?.base, patches: [...before, { runs: [{ start: 0, count: 1, zero: false }], data }] };
  }
}

async function baseSegment({ store }: Vault, index: string, sizeBytes: number): Promise<Segment> {
  const [name] = await readIndex(store, index, sizeBytes);
  return name ? readSegment(store, name) : [];
}
