import { createHash, hash } from 'node:crypto';
import { backupError } from '../../failures/backup-error';

const SHA256_HEX = /^[0-9a-f]{64}$/;
const VM_KEY = /^[a-z0-9][a-z0-9-]{0,62}$/;
const POINT_ID = /^[a-z0-9][a-z0-9-]{0,62}\.[0-9]{8}t[0-9]{6}z(-[0-9a-f]{1,8})?$/;
const RUN_ID = /^[a-z0-9][a-z0-9.-]{0,127}$/;
const DISK_ID = /^(os|lun-[0-9]{1,3})$/;

/**
 * Names of the objects of a vault inside its container. Content is named by the SHA-256 of itself, in
 * lower-case hex.
 */
export const blobNames = {
  vault: 'vault.json',
  chunk: (name: string) => `chunks/${name}`,
  pack: (name: string) => `packs/${name}`,
  digests: (name: string) => `digests/${name}`,
  segment: (name: string) => `segments/${name}`,
  index: (name: string) => `indexes/${name}`,
  point: (pointId: string) => `points/${checkPointId(pointId)}.json`,
  tombstone: (pointId: string) => `tombstones/${checkPointId(pointId)}.json`,
  keeping: (pointId: string) => `keeping/${checkPointId(pointId)}.json`,
  damage: (blobName: string) => `damage/${blobName}`,
  verifications: (pointId: string) => `verifications/${checkPointId(pointId)}/`,
  foundDamage: (pointId: string) => `found-damage/${checkPointId(pointId)}/`,
  foundDamageOf: (pointId: string, runId: string) =>
    `found-damage/${checkPointId(pointId)}/${checkRunId(runId)}/`,
  run: (runId: string, diskId: string) => `runs/${checkRunId(runId)}/${checkDiskId(diskId)}/`,
};

export const sha256Hex = (bytes: Uint8Array): string => hash('sha256', bytes, 'hex');

/** SHA-256 over several pieces, as if they were one. */
export function sha256HexOf(pieces: Iterable<Uint8Array>): string {
  const running = createHash('sha256');
  for (const piece of pieces) running.update(piece);
  return running.digest('hex');
}

export const isContentName = (name: string) => SHA256_HEX.test(name);
export const isPointId = (id: string) => POINT_ID.test(id);

const check = (grammar: RegExp, what: string) => (id: string) => {
  if (typeof id === 'string' && grammar.test(id)) return id;
  throw backupError(
    'VaultNameInvalid',
    `${what} ${JSON.stringify(id)?.slice(0, 100)} does not match ${grammar.source}`,
  );
};

export const checkVmKey = check(VM_KEY, 'vmKey');
export const checkPointId = check(POINT_ID, 'pointId');
export const checkRunId = check(RUN_ID, 'runId');
export const checkDiskId = check(DISK_ID, 'diskId');

export const GRAMMARS = { SHA256_HEX, VM_KEY, POINT_ID, RUN_ID, DISK_ID };

/** The VM that a point id belongs to. */
export const vmKeyOf = (pointId: string) => pointId.slice(0, pointId.lastIndexOf('.'));
