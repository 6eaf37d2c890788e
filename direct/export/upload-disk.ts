import { createHash } from 'node:crypto';
import { backupError, type Failure } from '../../src/failures/failure';
import { readPoint } from '../../src/vault/points';
import { openDiskImage } from '../../src/vault/restore/disk-image';
import type { Vault } from '../../src/vault/vault';
import { addDamage, type DamagedRange, damageInWords } from './damage';
import type { ExportOptions } from './export-disk';
import { openPageBlob } from './page-blob';
import { type DiskPiece, readDisk } from './read-disk';
import { vhdTail } from './vhd-tail';
import { hashZeros } from './zeros';

export interface UploadOptions
  extends Pick<ExportOptions, 'pointId' | 'diskId' | 'skipDamaged' | 'onProgress' | 'signal'> {
  /** Shared access signature of a disk that waits for its upload: a secret. */
  link: string;
}

export interface UploadedDisk {
  ok: true;
  /** Of what was uploaded: the disk and its VHD footer. */
  sizeBytes: number;
  sha256: string;
  fetchedBytes: number;
  /** With `skipDamaged`: what are zeros on the disk and should not be. */
  damage: DamagedRange[];
}

/** Parts cannot be read: the disk got no footer, without which Azure takes it for no disk. */
export interface RefusedUpload {
  ok: false;
  failure: Failure;
  damage: DamagedRange[];
}

/**
 * Writes a disk of a recovery point, as a fixed VHD, to a managed disk of Azure that was made for an upload
 * of exactly that size. Only data is sent; the footer goes last. May be repeated. Throws
 * `UploadAddressInvalid`, `UploadSizeMismatch`, `UploadRefused`, `DiskUploadFailed`, `RecoveryPointNotFound`,
 * and what the storage of the vault refuses.
 */
export async function uploadDisk(
  vault: Vault,
  options: UploadOptions,
): Promise<UploadedDisk | RefusedUpload> {
  const { pointId, diskId, link, signal } = options;
  await readPoint(vault, pointId);
  const image = await openDiskImage(vault, pointId, diskId);
  const tail = vhdTail(image.sizeBytes, `${pointId}/${diskId}`);
  const sizeBytes = image.sizeBytes + tail.length;
  const blob = openPageBlob(link, signal);
  const hash = createHash('sha256');
  const damage: DamagedRange[] = [];
  const progress = { doneBytes: 0, totalBytes: image.sizeBytes, fetchedBytes: 0 };
  const use = async ({ bytes, offset }: DiskPiece) => {
    if (bytes) await blob.write(offset, bytes);
  };
  try {
    refuseOtherSize(await blob.sizeBytes(), sizeBytes);
    for await (const piece of readDisk(image, { use, signal })) {
      if (piece.damage) addDamage(damage, piece, piece.damage);
      if (piece.bytes) {
        hash.update(piece.bytes);
        progress.fetchedBytes += piece.length;
      } else await hashZeros(hash, piece.length);
      progress.doneBytes += piece.length;
      options.onProgress?.({ ...progress });
    }
    if (damage.length > 0 && !options.skipDamaged) {
      const detail = `${pointId}/${diskId}: ${damageInWords(damage)}`;
      return { ok: false, failure: backupError('ExportIncomplete', detail).failure, damage };
    }
    await blob.write(image.sizeBytes, tail);
    const sha256 = hash.update(tail).digest('hex');
    return { ok: true, sizeBytes, sha256, fetchedBytes: progress.fetchedBytes, damage };
  } finally {
    blob.close();
  }
}

function refuseOtherSize(found: number, wanted: number): void {
  if (found === wanted) return;
  throw backupError(
    'UploadSizeMismatch',
    `it takes ${found} bytes, and this disk is ${wanted} with its VHD footer; az disk create --upload-type Upload --upload-size-bytes ${wanted} makes one for it`,
  );
}
