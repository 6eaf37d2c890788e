import type { DiskSource } from '../../disks/ports';
import { VHD_FOOTER_BYTES } from '../../disks/vhd-footer';
import { BackupError } from '../../failures/failure';
import type { Compute } from '../arm/connection';
import { stepFailure } from '../failures/arm-failure';
import { type LinkedDisk, readFromDisk, sendToDisk } from './disk-link';
import { listPages } from './disk-pages';

export interface OpenDiskSourceInput {
  /** The disk restore point or disk snapshot. */
  sourceId: string;
  /** An older one of the same family: what changed since it can then be asked. */
  baseSourceId?: string;
}

/**
 * Opens one disk of a snapshot for reading; the link is asked for in this process and stays in it. Methods
 * fail with `DiskReadFailed`, `SnapshotGone`, `PageListRefused`, the causes of step `disk access`, and
 * `changedRanges` with `ChangedBlocksUnavailable`: read the disk in full then, and say so.
 */
export async function openDiskSource(compute: Compute, input: OpenDiskSourceInput): Promise<DiskSource> {
  const { sourceId, baseSourceId } = input;
  const disk: LinkedDisk = { sourceId, access: 'Read', code: 'DiskReadFailed', step: 'transfer' };
  const sizeBytes = await readSize(compute, disk);
  const source: DiskSource = {
    sizeBytes,
    async allocatedRanges(window) {
      const ranges = await listPages(compute, { disk, sizeBytes }, window);
      // A plain list has no cleared ranges.
      return ranges.map(({ offset, length }) => ({ offset, length }));
    },
    async read(offset, target, signal) {
      if (offset < 0 || target.length === 0 || offset + target.length > sizeBytes) {
        const message = `The range ${offset}+${target.length} is not inside the disk.`;
        throw stepFailure('DiskReadFailed', 'transfer', message);
      }
      await readFromDisk(compute, disk, offset, target, signal);
    },
  };
  if (!baseSourceId) return source;
  const base = { ...disk, sourceId: baseSourceId };
  let checked: Promise<void> | undefined;
  return {
    ...source,
    changedRanges: (window) =>
      againstBase(baseSourceId, async () => {
        checked ??= checkBase(compute, base, sizeBytes).catch((error: unknown) => {
          checked = undefined;
          throw error;
        });
        await checked;
        return listPages(compute, { disk, sizeBytes, base }, window);
      }),
  };
}

/** The blob's length without its footer: disk restore points do not tell their size in any other way. */
async function readSize(compute: Compute, disk: LinkedDisk): Promise<number> {
  const { headers } = await sendToDisk(compute, disk, 200, () => ({ method: 'HEAD' }));
  const sizeBytes = Number(headers['content-length']) - VHD_FOOTER_BYTES;
  if (Number.isSafeInteger(sizeBytes) && sizeBytes > 0 && sizeBytes % VHD_FOOTER_BYTES === 0)
    return sizeBytes;
  throw stepFailure(
    'DiskReadFailed',
    'transfer',
    `The disk's length ${headers['content-length']} makes no sense.`,
  );
}

/**
 * A disk that grew could be compared below 4 TiB; a base that is not like the disk in every way is not worth
 * a doubt.
 */
async function checkBase(compute: Compute, base: LinkedDisk, sizeBytes: number): Promise<void> {
  const baseBytes = await readSize(compute, base);
  if (baseBytes !== sizeBytes) throw new Error(`the base has ${baseBytes} bytes, the disk ${sizeBytes}`);
}

/** Any doubt about the base means a full read; being told to wait is none. */
async function againstBase<T>(baseSourceId: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    const code = error instanceof BackupError ? error.failure.code : '';
    if (code === 'TooManyRequests' || code === 'ComputeUnavailable') throw error;
    const why = error instanceof Error ? error.message : String(error);
    const message = `No changed blocks against ${baseSourceId}: ${why}`;
    throw stepFailure('ChangedBlocksUnavailable', 'transfer', message, { cause: error });
  }
}
