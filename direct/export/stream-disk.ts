import { createHash } from 'node:crypto';
import type { Writable } from 'node:stream';
import { backupError } from '../../src/failures/failure';
import { readPoint } from '../../src/vault/points';
import { openDiskImage } from '../../src/vault/restore/disk-image';
import type { Vault } from '../../src/vault/vault';
import { addDamage, type DamagedRange, damageInWords } from './damage';
import type { ExportOptions } from './export-disk';
import { readDisk } from './read-disk';
import { ZEROS } from './zeros';

export interface StreamedDisk {
  sizeBytes: number;
  sha256: string;
  /** Of the data, what came from the vault. */
  fetchedBytes: number;
  /** With `skipDamaged`: what are zeros in the stream and should not be. */
  damage: DamagedRange[];
}

/**
 * Writes the raw bytes of a disk to a stream, from the first to the last, and does not end it. Throws
 * `ExportIncomplete` at the first range that cannot be read, `RecoveryPointNotFound`, and what the storage
 * refuses; a stream that breaks throws its own error.
 */
export async function streamDisk(
  vault: Vault,
  options: Pick<ExportOptions, 'pointId' | 'diskId' | 'skipDamaged' | 'signal' | 'onProgress'>,
  to: Writable,
): Promise<StreamedDisk> {
  const { pointId, diskId, skipDamaged, signal, onProgress } = options;
  await readPoint(vault, pointId);
  const image = await openDiskImage(vault, pointId, diskId);
  const hash = createHash('sha256');
  const damage: DamagedRange[] = [];
  const progress = { doneBytes: 0, totalBytes: image.sizeBytes, fetchedBytes: 0 };
  for await (const piece of readDisk(image, { signal })) {
    if (piece.damage) addDamage(damage, piece, piece.damage);
    if (piece.damage && !skipDamaged)
      throw backupError('ExportIncomplete', `${pointId}/${diskId}: ${damageInWords(damage)}`);
    for (let at = 0; at < piece.length; at += ZEROS.length) {
      const bytes = piece.bytes ?? ZEROS.subarray(0, Math.min(ZEROS.length, piece.length - at));
      hash.update(bytes);
      // The bytes are somebody else's afterwards, so they have to be gone before the next.
      await written(to, bytes, signal);
    }
    if (piece.bytes) progress.fetchedBytes += piece.length;
    progress.doneBytes += piece.length;
    onProgress?.({ ...progress });
  }
  const { fetchedBytes } = progress;
  return { sizeBytes: image.sizeBytes, sha256: hash.digest('hex'), fetchedBytes, damage };
}

/** Settles when the bytes are gone, or it is broken off: who reads a stream may have stopped. */
function written(to: Writable, bytes: Buffer, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    to.write(bytes, (error) => {
      signal?.removeEventListener('abort', onAbort);
      if (error) reject(error);
      else resolve();
    });
  });
}
