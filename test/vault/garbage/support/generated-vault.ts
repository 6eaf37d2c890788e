import { BackupError } from '../../../../src/failures/failure';
import type { BlobStore } from '../../../../src/storage/blob-store';
import { memoryBlobStore } from '../../../../src/storage/memory-blob-store';
import { deletePoint, listPoints } from '../../../../src/vault/points';
import { openVault, type Vault } from '../../../../src/vault/vault';
import { type Random, seededRandom } from '../../../support/seeded-random';
import { Killed } from './interleaving';
import { modelBackup } from './model-backup';

const TIMES = { longestRunSeconds: 200, refreshAfterSeconds: 50, garbageAgeSeconds: 400, graceSeconds: 300 };

/**
 * A vault with a history that the seed decides: backups of VMs that share content, backups that died, deleted
 * points.
 */
export interface GeneratedVault {
  vault: Vault;
  random: Random;
  advance(seconds: number): void;
  /** Lets so much time pass that nothing is young or in its grace any more. */
  advanceBeyondGrace(): void;
}

export async function generateVault(
  seed: number,
  { vms = ['vm-1', 'vm-2', 'vm-3'], deletions = true } = {},
): Promise<GeneratedVault> {
  const random = seededRandom(seed);
  let seconds = Date.UTC(2030, 0, 1) / 1000;
  const advance = (by: number) => {
    seconds += by;
  };
  const vault = await openVault(memoryBlobStore({ now: () => new Date(seconds * 1000) }), { times: TIMES });
  const pause = async (by: number) => advance(by / 4);
  for (let backup = 1 + random.below(12); backup > 0; backup -= 1) {
    const mortal = { ...vault, store: random.chance(0.2) ? dyingStore(vault.store, random) : vault.store };
    await modelBackup(mortal, random.pick(vms), 100 - backup, random, pause).catch((error: unknown) => {
      if (!(error instanceof Killed) && !(error instanceof BackupError)) throw error;
    });
    advance(random.below(200));
    const victim = random.pickIfAny(await listPoints(vault));
    if (deletions && victim && random.chance(0.3)) await deletePoint(vault, victim.pointId, 'by hand');
  }
  return {
    vault,
    random,
    advance,
    advanceBeyondGrace: () => advance(TIMES.graceSeconds + TIMES.garbageAgeSeconds + 10),
  };
}

/** The store of a process that is killed at one of its writes. */
function dyingStore(store: BlobStore, random: Random): BlobStore {
  let left = random.below(12);
  return {
    ...store,
    async put(name, body, condition, signal) {
      left -= 1;
      if (left < 0) throw new Killed();
      return store.put(name, body, condition, signal);
    },
  };
}

/** Sizes of everything that collection may take: content, state of runs and notes of damage. */
export async function collectable(vault: Vault): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  for await (const { name, sizeBytes } of vault.store.list('')) {
    if (!/^(vault\.json|(points|tombstones|verifications)\/)/.test(name)) sizes.set(name, sizeBytes);
  }
  return sizes;
}

export const bytesOf = (sizes: ReadonlyMap<string, number>): number =>
  [...sizes.values()].reduce((sum, size) => sum + size, 0);
