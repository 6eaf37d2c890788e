import { fork } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { startAzurite } from '../../local/azurite/azurite';
import { processSettings } from '../../local/process/process-settings';
import type { ByteRange, ChangedRange, DiskSource } from '../../src/disks/ports';
import { connectBlobStore } from '../../src/storage/azure-blob-store';
import { threadedCodec } from '../../src/vault/codec/threaded-codec';
import { noCounts } from '../../src/vault/format/counts';
import { CHUNK_BYTES, CHUNKS_PER_SEGMENT, SEGMENT_BYTES } from '../../src/vault/format/geometry';
import { encodeIndex } from '../../src/vault/format/index-codec';
import type { Segment } from '../../src/vault/format/segment';
import { encodeSegment } from '../../src/vault/format/segment-codec';
import { commitPoint } from '../../src/vault/points';
import { openDiskImage } from '../../src/vault/restore/disk-image';
import { planRestore } from '../../src/vault/restore/plan-restore';
import { completeDisk } from '../../src/vault/transfer/complete-disk';
import { planTransfer } from '../../src/vault/transfer/plan-transfer';
import { writeContent } from '../../src/vault/transfer/segment-writer';
import { transferPart } from '../../src/vault/transfer/transfer-part';
import { openVault, type Vault } from '../../src/vault/vault';

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;
const LIMIT_MIB = 256;

/** Half of it compresses, half does not. Small: it is in the process that is measured. */
const PATTERN = Buffer.concat([randomBytes(128 * KIB), Buffer.alloc(128 * KIB, 'a line of text, ')]);

function syntheticDisk(sizeBytes: number, allocated: ByteRange[], changed?: ChangedRange[]): DiskSource {
  const within = <R extends ByteRange>(ranges: R[], window: ByteRange = { offset: 0, length: sizeBytes }) =>
    ranges.filter(({ offset }) => offset >= window.offset && offset < window.offset + window.length);
  return {
    sizeBytes,
    allocatedRanges: async (window) => within(allocated, window),
    changedRanges: changed ? async (window) => within(changed, window) : undefined,
    async read(offset, target) {
      // Different at every place: the offset stands at the start of each block.
      target.fill(PATTERN);
      for (let at = 0; at < target.length; at += 4 * KIB) target.writeDoubleLE(offset + at, at);
    },
  };
}

async function transfer(vault: Vault, runId: string, source: DiskSource, base?: string) {
  const run = { runId, diskId: 'os' };
  const plan = await planTransfer(vault, {
    ...run,
    source,
    base: base ? { pointId: base, diskId: 'os' } : undefined,
  });
  for (let part = 0; part < plan.parts; part += 1) await transferPart(vault, { ...run, part, source });
  const summary = await completeDisk(vault, run);
  const { pointId } = await commit(vault, runId, summary);
  return { pointId, parts: plan.parts, counts: summary.counts };
}

let stamps = 0;
async function commit(vault: Vault, runId: string, summary: Awaited<ReturnType<typeof completeDisk>>) {
  stamps += 1;
  return commitPoint(vault, {
    pointId: `big.20300101t${String(stamps).padStart(6, '0')}z`,
    vmKey: 'big',
    runId,
    snapshotTime: new Date().toISOString(),
    consistency: { reached: 'crash', asked: 'crash' },
    vm: {},
    disks: [{ ...summary, lun: -1, name: 'big' }],
  });
}

function report(what: string, started: number, detail: string): void {
  const peak = process.resourceUsage().maxRSS / 1024;
  const verdict = peak <= LIMIT_MIB ? '≤' : 'EXCEEDS';
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(
    `${what.padEnd(52)} ${seconds.padStart(6)} s  peak so far ${peak.toFixed(0)} MiB ${verdict} ${LIMIT_MIB}  ${detail}`,
  );
  if (peak > LIMIT_MIB) process.exitCode = 1;
}

/** 1 TiB with 2 GiB of data in pieces of 1 MiB all over it; then 4 KiB changed beside each piece. */
async function sparseDisk(vault: Vault): Promise<void> {
  const sizeBytes = 1024 * GIB;
  const pieces = Array.from({ length: 2048 }, (_, k) => ({
    offset: k * 512 * MIB + (k % 100) * 5 * MIB,
    length: MIB,
  }));
  let started = performance.now();
  const first = await transfer(vault, 'sparse-1', syntheticDisk(sizeBytes, pieces));
  report(
    '1 TiB with 2 GiB of data, first backup',
    started,
    `${first.parts} parts, ${first.counts.requests} requests`,
  );
  const changes = pieces.map(({ offset }) => ({ offset: offset + 8192, length: 4096, cleared: false }));
  started = performance.now();
  const next = await transfer(vault, 'sparse-2', syntheticDisk(sizeBytes, pieces, changes), first.pointId);
  report(
    'the same, 2,048 blocks changed, tracked',
    started,
    `${next.parts} parts, ${next.counts.requests} requests`,
  );
}

/** 8 GiB of data without a hole: one part at its largest. */
async function denseDisk(vault: Vault): Promise<void> {
  const started = performance.now();
  const disk = syntheticDisk(8 * GIB, [{ offset: 0, length: 8 * GIB }]);
  const windows = Array.from({ length: 8 }, (_, k) => ({ offset: k * GIB, length: GIB }));
  const { parts, counts } = await transfer(vault, 'dense-1', {
    ...disk,
    allocatedRanges: async () => windows,
  });
  report('8 GiB full of data, one part', started, `${parts} parts, ${counts.requests} requests`);
}

/** The index of a full 8 TiB disk: 8,192 segments of 256 chunks, all with a base. */
async function largeIndex(vault: Vault): Promise<void> {
  const segments = 8 * 1024;
  const sizeBytes = segments * SEGMENT_BYTES;
  const writer = {
    store: vault.store,
    freshSince: '2000-01-01T00:00:00Z',
    healing: new Set<string>(),
    counts: noCounts(),
  };
  const name = (k: number) => createHash('sha256').update(String(k)).digest('hex');
  const names: string[] = [];
  for (let s = 0; s < 64; s += 1) {
    const segment: Segment = Array.from({ length: CHUNKS_PER_SEGMENT }, (_, k) => ({
      base: { name: name(s * 256 + k), digests: { blob: { name: name(-s) }, offset: k * 16_384 } },
      patches: [],
    }));
    names.push(await writeContent(writer, 'segment', encodeSegment(segment)));
  }
  const index = Array.from({ length: segments }, (_, k) => names[k % names.length] ?? null);
  await planTransfer(vault, { runId: 'index-1', diskId: 'os', source: syntheticDisk(sizeBytes, []) });
  const summary = await completeDisk(vault, { runId: 'index-1', diskId: 'os' });
  const base = await commit(vault, 'index-1', {
    ...summary,
    index: await writeContent(writer, 'index', encodeIndex(index)),
  });

  let started = performance.now();
  const changes = Array.from({ length: 4096 }, (_, k) => ({
    offset: k * 2 * GIB + 4 * CHUNK_BYTES,
    length: 4096,
    cleared: false,
  }));
  const next = await transfer(vault, 'index-2', syntheticDisk(sizeBytes, [], changes), base.pointId);
  report(
    '8 TiB full disk, 4,096 blocks changed, tracked',
    started,
    `${next.parts} parts, ${next.counts.requests} requests`,
  );
  started = performance.now();
  const { parts } = await planRestore(await openDiskImage(vault, next.pointId, 'os'));
  report('planning its restore', started, `${parts} parts`);
}

const SCENARIOS = { sparse: sparseDisk, dense: denseDisk, index: largeIndex };

/** Each scenario runs in a process of its own, started as the app is, so that its peak is its own. */
async function main([folder, ...names]: string[]): Promise<void> {
  const azurite = await startAzurite({ location: folder });
  try {
    for (const name of names.length > 0 ? names : Object.keys(SCENARIOS)) {
      const { execArgv, env } = processSettings();
      const child = fork(__filename, [name, azurite.connectionString], {
        execArgv,
        env: { ...process.env, ...env },
      });
      const [code] = await once(child, 'exit');
      if (code !== 0) process.exitCode = 1;
    }
  } finally {
    await azurite.stop();
  }
}

async function runScenario(name: string, connectionString: string): Promise<void> {
  const codec = threadedCodec();
  const store = connectBlobStore({ connectionString }, `memory-${name}`);
  await SCENARIOS[name as keyof typeof SCENARIOS](await openVault(store, { codec }));
  await codec.close();
  process.disconnect();
}

const [first = '', ...rest] = process.argv.slice(2);
void (process.connected ? runScenario(first, rest[0] ?? '') : main([first, ...rest]));
