import type { Manifest, RecoveryPoint } from '../vault/format/manifest';

/** A recovery point as the API lists it. */
export interface PointDescription {
  id: string;
  /** When the snapshot was taken. */
  time: string;
  consistency: RecoveryPoint['consistency'];
  /** Where the point can be restored from: the vault, or its snapshot as well. */
  tier: 'vault' | 'snapshot+vault';
  policy?: unknown;
  job: string;
  /** The sum of the disks' sizes. */
  logicalBytes: number;
  changedBytes: number;
  uploadedBytes: number;
  /** What the upload took in the vault, after compression. */
  storedBytes: number;
  disks: Pick<Manifest['disks'][number], 'diskId' | 'lun' | 'name' | 'sizeBytes' | 'mode' | 'modeReason'>[];
}

export function describePoint(point: RecoveryPoint): PointDescription {
  const sum = (pick: (disk: RecoveryPoint['disks'][number]) => number) =>
    point.disks.reduce((total, disk) => total + pick(disk), 0);
  return {
    id: point.pointId,
    time: point.snapshotTime,
    consistency: point.consistency,
    tier: point.snapshot ? 'snapshot+vault' : 'vault',
    policy: point.policy?.name,
    job: point.runId,
    logicalBytes: sum((disk) => disk.sizeBytes),
    changedBytes: sum((disk) => disk.counts.changedBytes),
    uploadedBytes: sum((disk) => disk.counts.uploadedBytes),
    storedBytes: sum((disk) => disk.counts.storedBytes),
    disks: point.disks.map(({ diskId, lun, name, sizeBytes, mode, modeReason }) => ({
      diskId,
      lun,
      name,
      sizeBytes,
      mode,
      modeReason,
    })),
  };
}
