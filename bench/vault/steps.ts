import { randomBytes } from 'node:crypto';
import type { ChangedRange } from '../../src/disks/ports';
import { commitPoint } from '../../src/vault/points';
import { openDiskImage } from '../../src/vault/restore/disk-image';
import { planRestore } from '../../src/vault/restore/plan-restore';
import { restorePart } from '../../src/vault/restore/restore-part';
import { completeDisk, type DiskSummary } from '../../src/vault/transfer/complete-disk';
import { planTransfer } from '../../src/vault/transfer/plan-transfer';
import { transferPart } from '../../src/vault/transfer/transfer-part';
import type { Vault } from '../../src/vault/vault';
import { comparingTarget, openImage } from './image-disk';

export interface Measured {
  seconds: number;
  summary: DiskSummary;
  pointId: string;
}

let stamps = 0;

/** One backup of one image, from the plan to the committed point. */
export async function backUpImage(
  vault: Vault,
  folder: string,
  image: string,
  options: { base?: string; changes?: ChangedRange[]; vmKey?: string } = {},
): Promise<Measured> {
  const disk = await openImage(folder, image);
  const runId = `bench-${randomBytes(6).toString('hex')}`;
  const diskId = 'os';
  const source = disk.source(options.changes);
  const started = performance.now();
  const base = options.base ? { pointId: options.base, diskId } : undefined;
  const plan = await planTransfer(vault, { runId, diskId, source, base });
  for (let part = 0; part < plan.parts; part += 1) await transferPart(vault, { runId, diskId, part, source });
  const summary = await completeDisk(vault, { runId, diskId });
  stamps += 1;
  const vmKey = options.vmKey ?? 'bench';
  const { pointId } = await commitPoint(vault, {
    pointId: `${vmKey}.20300101t${String(stamps).padStart(6, '0')}z`,
    vmKey,
    runId,
    snapshotTime: new Date().toISOString(),
    consistency: { reached: 'crash', asked: 'crash' },
    vm: {},
    disks: [{ ...summary, lun: -1, name: image }],
  });
  const seconds = (performance.now() - started) / 1000;
  await disk.close();
  return { seconds, summary, pointId };
}

/** A whole restore, every byte compared with the image. Throws when one differs. */
export async function restoreImage(vault: Vault, folder: string, image: string, pointId: string) {
  const started = performance.now();
  const disk = await openDiskImage(vault, pointId, 'os');
  const { target, finish } = comparingTarget(folder, image, disk.sizeBytes);
  const { parts } = await planRestore(disk);
  for (let part = 0; part < parts; part += 1) await restorePart(disk, target, part);
  const { wrong, dataBytes } = await finish();
  if (wrong > 0) throw new Error(`${image} was restored with ${wrong} wrong writes`);
  return { seconds: (performance.now() - started) / 1000, dataBytes };
}
