import { backupError } from '../../failures/failure';
import { objectError } from '../../storage/object-error';
import { onceMore } from '../../storage/once-more';
import { MAX_MANIFEST_BYTES, type Manifest, manifestSchema, type RecoveryPoint } from '../format/manifest';
import { blobNames, checkPointId, vmKeyOf } from '../format/names';
import { parseDocument } from '../format/parse-document';
import type { Vault } from '../vault';

/** One listed recovery point. Throws `RecoveryPointNotFound` when there is none or it is deleted. */
export async function readPoint(vault: Vault, pointId: string): Promise<RecoveryPoint> {
  const point = await findPoint(vault, pointId);
  if (!point) throw backupError('RecoveryPointNotFound', `recovery point ${pointId}`);
  return point;
}

/**
 * A recovery point that a job works with already: also one that was deleted meanwhile, because its data stay
 * for the grace period. Throws `RecoveryPointNotFound` when there is none.
 */
export async function readPointInUse(vault: Vault, pointId: string): Promise<RecoveryPoint> {
  const point = await readManifest(vault, pointId);
  if (!point) throw backupError('RecoveryPointNotFound', `recovery point ${pointId}`);
  return point;
}

/** One listed recovery point, or undefined when there is none or it is deleted. */
export async function findPoint(vault: Vault, pointId: string): Promise<RecoveryPoint | undefined> {
  // In this order: a tombstone goes only after its manifest, so a point that was purged cannot slip through.
  const deleted = await vault.store.head(blobNames.tombstone(checkPointId(pointId)));
  return deleted ? undefined : readManifest(vault, pointId);
}

/** The manifest of a point, whether or not it has a tombstone; undefined when there is none. */
export const readManifest = async (vault: Vault, pointId: string): Promise<Manifest | undefined> =>
  onceMore(() => readManifestOnce(vault, pointId));

async function readManifestOnce({ store }: Vault, pointId: string): Promise<Manifest | undefined> {
  const name = blobNames.point(pointId);
  const blob = await store.get(name, { maxBytes: MAX_MANIFEST_BYTES });
  if (!blob) return undefined;
  const manifest = parseDocument(manifestSchema, blob.body, name);
  if (manifest.pointId !== pointId || manifest.vmKey !== vmKeyOf(pointId)) {
    throw objectError(
      'VaultDocumentInvalid',
      name,
      `pointId: it says ${manifest.pointId} of ${manifest.vmKey}`,
    );
  }
  refuseTwins(manifest, name);
  return manifest;
}

function refuseTwins({ disks }: Manifest, name: string): void {
  for (const key of ['diskId', 'lun'] as const) {
    if (new Set(disks.map((disk) => disk[key])).size !== disks.length) {
      throw objectError('VaultDocumentInvalid', name, `disks: two have the same ${key}`);
    }
  }
}
