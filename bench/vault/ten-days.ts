import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { noise } from '../../local/fleet/content';
import type { ByteRange, ChangedRange, DiskSource } from '../../src/disks/ports';
import { memoryBlobStore } from '../../src/storage/memory-blob-store';
import { commitPoint } from '../../src/vault/points';
import { completeDisk } from '../../src/vault/transfer/complete-disk';
import { planTransfer } from '../../src/vault/transfer/plan-transfer';
import { transferPart } from '../../src/vault/transfer/transfer-part';
import { openVault, type Vault } from '../../src/vault/vault';
import { markdownTable } from '../support/page';

const run = promisify(execFile);
const TOOLS = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` };
const MIB = 2 ** 20;
const BLOCK = 4096;
const SIZE = 512 * MIB;
const DAYS = 10;

/**
 * How much more than what changed a backup sends when a real file system decides where the changes lie: ten
 * days of an ext4 in which files come, go and are written anew, backed up every day with changed-block
 * tracking. Places are chosen by e2fsprogs, nobody's guess; needs `mkfs.ext4` and `debugfs`.
 *
 * `node dist/bench/vault/ten-days.js`
 */
async function main(): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'ten-days-'));
  try {
    const rows: string[][] = [];
    const overheads: number[] = [];
    for (const pace of ['quiet', 'busy'] as const) {
      for await (const { day, changed, zeroed, plain, sent, stored } of tenDays(folder, pace)) {
        const overhead = plain / (changed - zeroed) - 1;
        overheads.push(overhead);
        const figures = [changed, zeroed, plain, sent, stored].map((bytes) => (bytes / MIB).toFixed(1));
        rows.push([pace, String(day), ...figures, `${(overhead * 100).toFixed(0)} %`]);
      }
    }
    const head = [
      'pace',
      'day',
      'changed MiB',
      'zeroed MiB',
      'sent before compression MiB',
      'sent MiB',
      'stored MiB',
      'more than changed and not zero',
    ];
    console.log(markdownTable(head, rows));
    const percent = (share: number) => `${(share * 100).toFixed(0)} %`;
    console.log(`\n+${percent(Math.min(...overheads))} to +${percent(Math.max(...overheads))}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function* tenDays(folder: string, pace: 'quiet' | 'busy') {
  const file = path.join(folder, `${pace}.img`);
  await makeFileSystem(folder, file, pace);
  const vault = await openVault(memoryBlobStore());
  let before = await readFile(file);
  let base = await backUp(vault, pace, 0, before);
  for (let day = 1; day <= DAYS; day += 1) {
    await oneDay(folder, file, pace, day);
    const now = await readFile(file);
    const point = await backUp(vault, pace, day, now, { image: before, pointId: base.pointId });
    const counts = point.disks[0]?.counts;
    if (!counts) throw new Error('a point without its disk');
    yield {
      day,
      changed: counts.changedBytes,
      zeroed: counts.zeroedBytes,
      plain: counts.sentPlainBytes,
      sent: counts.sentBytes,
      stored: counts.storedBytes,
    };
    before = now;
    base = point;
  }
}

async function makeFileSystem(folder: string, file: string, pace: string): Promise<void> {
  const tree = path.join(folder, `${pace}-tree`);
  for (let k = 0; k < 200; k += 1) {
    const target = path.join(tree, `d${k % 10}`);
    await mkdir(target, { recursive: true });
    await writeFile(path.join(target, `f${k}`), noise(`${pace} ${k}`, 64 * 1024 + k * 8 * 1024));
  }
  const handle = await open(file, 'w');
  await handle.truncate(SIZE);
  await handle.close();
  await run('mkfs.ext4', ['-q', '-F', '-d', tree, file], { env: TOOLS });
}

/** Files go, come, and are written anew; a busy day touches ten times as many. */
async function oneDay(folder: string, file: string, pace: string, day: number): Promise<void> {
  const count = pace === 'busy' ? 20 : 2;
  const commands: string[] = [];
  for (let k = 0; k < count; k += 1) {
    const number = (day * 37 + k * 7) % 200;
    const name = `/d${number % 10}/f${number}`;
    const source = path.join(folder, `new-${k}`);
    await writeFile(source, noise(`${pace} ${day} ${k}`, 16 * 1024 + ((day + k) % 9) * 96 * 1024));
    commands.push(`rm ${name}`, `write ${source} ${name}`, `write ${source} /d${k % 10}/day${day}-${k}`);
    if (day > 3) commands.push(`rm /d${k % 10}/day${day - 3}-${k}`);
  }
  const script = path.join(folder, 'commands');
  await writeFile(script, `${commands.join('\n')}\n`);
  await run('debugfs', ['-w', '-f', script, file], { env: TOOLS, maxBuffer: 64 * MIB });
}

async function backUp(
  vault: Vault,
  vm: string,
  day: number,
  image: Buffer,
  since?: { image: Buffer; pointId: string },
) {
  const disk = { runId: `${vm}-${day}`, diskId: 'os' };
  const source = sourceOf(image, since?.image);
  const base = since && { pointId: since.pointId, diskId: 'os' };
  const { parts } = await planTransfer(vault, { ...disk, source, base });
  for (let part = 0; part < parts; part += 1) await transferPart(vault, { ...disk, part, source });
  const summary = await completeDisk(vault, disk);
  return commitPoint(vault, {
    pointId: `${vm}.203001${String(day + 1).padStart(2, '0')}t000000z`,
    vmKey: vm,
    runId: disk.runId,
    snapshotTime: new Date(Date.UTC(2030, 0, day + 1)).toISOString(),
    consistency: { reached: 'file-system', asked: 'file-system' },
    vm: {},
    disks: [{ ...summary, lun: -1, name: 'disk' }],
  });
}

/** The image as a disk; since another one, with tracking that tells just the blocks that differ. */
function sourceOf(image: Buffer, since: Buffer | undefined): DiskSource {
  const block = (at: number) => image.subarray(at, at + BLOCK);
  const isZero = (at: number) => block(at).every((byte) => byte === 0);
  const rangesOf = (window: ByteRange | undefined, differs: (at: number) => boolean): ChangedRange[] => {
    const ranges: ChangedRange[] = [];
    const { offset, length } = window ?? { offset: 0, length: image.length };
    for (let at = offset; at < offset + length; at += BLOCK) {
      if (!differs(at)) continue;
      const cleared = isZero(at);
      const last = ranges.at(-1);
      if (last?.cleared === cleared && last.offset + last.length === at) last.length += BLOCK;
      else ranges.push({ offset: at, length: BLOCK, cleared });
    }
    return ranges;
  };
  return {
    sizeBytes: image.length,
    allocatedRanges: async (window) => rangesOf(window, (at) => !isZero(at)),
    changedRanges: since
      ? async (window) => rangesOf(window, (at) => !block(at).equals(since.subarray(at, at + BLOCK)))
      : undefined,
    read: async (offset, target) => void image.copy(target, 0, offset, offset + target.length),
  };
}

void main();
