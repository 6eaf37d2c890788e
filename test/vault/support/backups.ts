import { randomBytes } from 'node:crypto';
import type { DiskSource } from '../../../src/disks/ports';
import type { ManifestDisk, PointDraft, RecoveryPoint } from '../../../src/vault/format/manifest';
import { commitPoint } from '../../../src/vault/points/commit-point';
import { openDiskImage } from '../../../src/vault/restore/disk-image';
import { planRestore } from '../../../src/vault/restore/plan-restore';
import { restorePart } from '../../../src/vault/restore/restore-part';
import { completeDisk, type DiskSummary } from '../../../src/vault/transfer/complete-disk';
import { planTransfer } from '../../../src/vault/transfer/plan-transfer';
import { transferPart } from '../../../src/vault/transfer/transfer-part';
import type { Vault } from '../../../src/vault/vault';
import { TargetDisk } from './simulated-disk';

let stamps = 0;

/** A point id that no other point of this test process has; later ones are newer. */
export function nextPointId(vmKey = 'vm-1'): string {
  stamps += 1;
  return `${vmKey}.20300101t${String(stamps).padStart(6, '0')}z`;
}

export interface BackupDisk {
  diskId: string;
  source: DiskSource;
  base?: string;
}

/** Transfers one disk: plan, every part, complete. */
export async function transferDisk(vault: Vault, runId: string, disk: BackupDisk): Promise<DiskSummary> {
  const { diskId, source, base } = disk;
  const plan = await planTransfer(vault, {
    runId,
    diskId,
    source,
    base: base ? { pointId: base, diskId } : undefined,
  });
  for (let part = 0; part < plan.parts; part += 1) await transferPart(vault, { runId, diskId, part, source });
  return completeDisk(vault, { runId, diskId });
}

/** A whole backup of some disks, committed. */
export async function backUp(
  vault: Vault,
  disks: BackupDisk[],
  pointId = nextPointId(),
): Promise<RecoveryPoint> {
  const runId = `run-${randomBytes(8).toString('hex')}`;
  const summaries: DiskSummary[] = [];
  for (const disk of disks) summaries.push(await transferDisk(vault, runId, disk));
  return commitPoint(vault, draftOf(pointId, runId, summaries));
}

export function draftOf(pointId: string, runId: string, summaries: DiskSummary[]): PointDraft {
  const disks = summaries.map((summary): ManifestDisk => {
    const lun = summary.diskId === 'os' ? -1 : Number(summary.diskId.slice(4));
    return { ...summary, lun, name: `disk-${summary.diskId}`, uniqueId: `unique-${summary.diskId}` };
  });
  return {
    pointId,
    vmKey: pointId.slice(0, pointId.lastIndexOf('.')),
    runId,
    snapshotTime: '2030-01-01T00:00:00.000Z',
    consistency: { reached: 'file-system', asked: 'file-system' },
    vm: { name: 'vm-1' },
    disks,
  };
}

/** The whole disk of a point, through the restore that writes to a new disk. */
export async function restoreDisk(vault: Vault, pointId: string, diskId: string): Promise<Buffer> {
  const image = await openDiskImage(vault, pointId, diskId);
  const target = new TargetDisk(image.sizeBytes);
  const { parts } = await planRestore(image);
  for (let part = 0; part < parts; part += 1) await restorePart(image, target, part);
  return target.bytes;
}
