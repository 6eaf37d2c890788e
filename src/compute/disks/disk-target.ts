import { nonZeroRuns } from '../../disks/non-zero-runs';
import type { DiskTarget } from '../../disks/ports';
import { vhdFooter } from '../../disks/vhd-footer';
import type { Compute } from '../arm/connection';
import { PAGE_BYTES } from '../data-plane/page-list';
import { stepFailure } from '../failures/arm-failure';
import { type LinkedDisk, sendToDisk } from './disk-link';

export interface OpenDiskTargetInput {
  /** A disk made by `createRestoreDisk`. */
  diskResourceId: string;
  /** In bytes, without the footer. */
  sizeBytes: number;
}

/** A disk being restored, and the last thing to write on it. */
export interface ManagedDiskTarget extends DiskTarget {
  /**
   * Writes the VHD footer, without which Azure refuses the disk. Revoke its access afterwards: only then it
   * is a disk.
   */
  finish(): Promise<void>;
}

/** Put Page takes no more at once. */
const MAX_WRITE_BYTES = 4 * 2 ** 20;

/**
 * Opens a new disk for writing. Pages of zeros are not sent: the disk holds zeros where nothing was written.
 * `write` takes whole pages of 512 bytes. Fails with `DiskUploadFailed` and the causes of step `disk access`.
 */
export async function openDiskTarget(
  compute: Compute,
  input: OpenDiskTargetInput,
): Promise<ManagedDiskTarget> {
  const { diskResourceId, sizeBytes } = input;
  const disk: LinkedDisk = {
    sourceId: diskResourceId,
    access: 'Write',
    code: 'DiskUploadFailed',
    step: 'restore',
  };
  return {
    sizeBytes,
    async write(offset, bytes, signal) {
      const whole = offset % PAGE_BYTES === 0 && bytes.length % PAGE_BYTES === 0;
      if (!whole || offset < 0 || offset + bytes.length > sizeBytes) {
        throw stepFailure(
          'DiskUploadFailed',
          'restore',
          `The range ${offset}+${bytes.length} does not fit the disk.`,
        );
      }
      for (const run of nonZeroRuns(bytes, MAX_WRITE_BYTES)) {
        await putPages(
          compute,
          disk,
          offset + run.offset,
          bytes.subarray(run.offset, run.offset + run.length),
          signal,
        );
      }
    },
    finish: () => putPages(compute, disk, sizeBytes, vhdFooter(sizeBytes, diskResourceId)),
  };
}

/** Repeating a write of the same bytes at the same place changes nothing. */
async function putPages(
  compute: Compute,
  disk: LinkedDisk,
  offset: number,
  body: Buffer,
  signal?: AbortSignal,
) {
  const range = `bytes=${offset}-${offset + body.length - 1}`;
  const headers = {
    'x-ms-range': range,
    'x-ms-page-write': 'update',
    'content-type': 'application/octet-stream',
  };
  await sendToDisk(compute, disk, 201, () => ({ method: 'PUT', query: 'comp=page', headers, body }), signal);
}
