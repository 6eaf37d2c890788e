import { createHash } from 'node:crypto';
import { countingBlobStore } from '../../src/storage/counting-blob-store';
import { memoryBlobStore } from '../../src/storage/memory-blob-store';
import { noCounts } from '../../src/vault/format/counts';
import { seal } from '../../src/vault/format/envelope';
import { CHUNKS_PER_SEGMENT, SEGMENT_BYTES } from '../../src/vault/format/geometry';
import { encodeIndex } from '../../src/vault/format/index-codec';
import { blobNames, sha256Hex } from '../../src/vault/format/names';
import { toDocument } from '../../src/vault/format/parse-document';
import type { Segment } from '../../src/vault/format/segment';
import { encodeSegment } from '../../src/vault/format/segment-codec';
import { collectGarbage } from '../../src/vault/garbage/collect-garbage';
import { applyRetention } from '../../src/vault/retention/apply-retention';
import { openVault, type Vault } from '../../src/vault/vault';

const MIB = 2 ** 20;
const DAY_MS = 86_400_000;
const VM = 'garbage';
const NOTHING = Buffer.alloc(1);

/** Prune and garbage collection of a vault of so many chunks, of which half are garbage in the end. */
export interface GarbageRow {
  chunks: number;
  points: number;
  pruneSeconds: number;
  pruneRequests: number;
  expired: number;
  collectSeconds: number;
  collectRequests: number;
  deletedBlobs: number;
  /** What the process held before, mostly the vault itself, and by how much that grew. */
  storeMiB: number;
  grownMiB: number;
}

/** In memory, so that no storage is measured; the clock is moved, so that everything is old enough to go. */
export async function measureGarbage(chunks: number): Promise<GarbageRow> {
  let now = Date.parse('2026-01-01T00:00:00Z');
  const memory = memoryBlobStore({ now: () => new Date(now) });
  const points = 10;
  const vault = await openVault(memory);
  for (let point = 0; point < points; point += 1) {
    await writePoint(vault, point, Math.ceil(chunks / points), new Date(now));
    now += DAY_MS;
  }
  globalThis.gc?.();
  const storeBytes = process.memoryUsage().rss;
  const prune = await timed(vault, (counted) =>
    applyRetention(counted, { vmKey: VM, rules: { daily: points / 2 } }),
  );
  now += 100 * DAY_MS;
  const collect = await timed(vault, (counted) => collectGarbage(counted));
  return {
    chunks,
    points,
    pruneSeconds: prune.seconds,
    pruneRequests: prune.requests,
    expired: prune.result.expire.length,
    collectSeconds: collect.seconds,
    collectRequests: collect.requests,
    deletedBlobs: collect.result.deletedBlobs,
    storeMiB: storeBytes / MIB,
    grownMiB: (process.resourceUsage().maxRSS * 1024 - storeBytes) / MIB,
  };
}

async function timed<T>(vault: Vault, work: (vault: Vault) => Promise<T>) {
  const store = countingBlobStore(vault.store);
  const begun = performance.now();
  const result = await work({ ...vault, store });
  return { result, seconds: (performance.now() - begun) / 1000, requests: store.requests() };
}

/**
 * A point with chunks of its own. Their content does not matter to whoever collects: one byte stands for it.
 */
async function writePoint({ store }: Vault, point: number, chunks: number, time: Date): Promise<void> {
  const names: string[] = [];
  for (let first = 0; first < chunks; first += CHUNKS_PER_SEGMENT) {
    const segment: Segment = [];
    const digests = { name: nameOf(`digests ${point} ${first}`) };
    await store.put(blobNames.digests(digests.name), NOTHING);
    for (let chunk = first; chunk < Math.min(first + CHUNKS_PER_SEGMENT, chunks); chunk += 1) {
      const name = nameOf(`chunk ${point} ${chunk}`);
      await store.put(blobNames.chunk(name), NOTHING);
      segment.push({
        base: { name, digests: { blob: digests, offset: segment.length * 16384 } },
        patches: [],
      });
    }
    const plain = encodeSegment(segment);
    names.push(sha256Hex(plain));
    await store.put(blobNames.segment(sha256Hex(plain)), await seal('segment', plain));
  }
  const index = encodeIndex(names);
  await store.put(blobNames.index(sha256Hex(index)), await seal('index', index));
  await writeManifest(store, point, time, sha256Hex(index), names.length * SEGMENT_BYTES);
}

async function writeManifest(
  store: Vault['store'],
  point: number,
  time: Date,
  index: string,
  sizeBytes: number,
): Promise<void> {
  const stamp = time.toISOString();
  const pointId = `${VM}.${stamp.slice(0, 19).replace(/[-:]/g, '').toLowerCase()}z`;
  const manifest = {
    formatVersion: 1,
    pointId,
    vmKey: VM,
    runId: `run-${point}`,
    snapshotTime: stamp,
    createdAt: stamp,
    consistency: { reached: 'crash', asked: 'crash' },
    vm: {},
    disks: [{ diskId: 'os', lun: -1, name: 'disk', sizeBytes, index, mode: 'full', counts: noCounts() }],
  };
  await store.put(blobNames.point(pointId), toDocument(manifest));
}

const nameOf = (what: string): string => createHash('sha256').update(what).digest('hex');
