import fc from 'fast-check';
import { BackupError } from '../../../src/failures/failure';
import type { BlobStore } from '../../../src/storage/blob-store';
import { memoryBlobStore } from '../../../src/storage/memory-blob-store';
import { CHUNK_BYTES } from '../../../src/vault/format/geometry';
import { blobNames } from '../../../src/vault/format/names';
import { collectGarbage } from '../../../src/vault/garbage/collect-garbage';
import { markPoints } from '../../../src/vault/garbage/mark';
import { getContent } from '../../../src/vault/objects/content';
import { readIndex, readSegment } from '../../../src/vault/objects/read-index';
import { deletePoint, listPoints, surveyPoints, undeletePoint } from '../../../src/vault/points';
import { applyRetention } from '../../../src/vault/retention/apply-retention';
import { openVault, type Vault } from '../../../src/vault/vault';
import { type Random, seededRandom } from '../../support/seeded-random';
import { interleaving, Killed } from './support/interleaving';
import { modelBackup } from './support/model-backup';

const TIMES = { longestRunSeconds: 200, refreshAfterSeconds: 50, garbageAgeSeconds: 400, graceSeconds: 300 };
const VMS = ['vm-1', 'vm-2'];
const RUNS = Number(process.env.GARBAGE_MODEL_RUNS ?? 400);

/** Every listed point can be read to its last byte. */
async function expectRestorable(vault: Vault): Promise<void> {
  const { points, refused } = await surveyPoints(vault);
  expect(refused).toEqual([]);
  for (const { disks } of points) {
    for (const disk of disks) {
      for (const name of await readIndex(vault.store, disk.index, disk.sizeBytes)) {
        for (const entry of name ? await readSegment(vault.store, name) : []) {
          if (entry?.base)
            await getContent(vault.store, 'chunk', blobNames.chunk(entry.base.name), CHUNK_BYTES);
          for (const { data } of entry?.patches ?? []) {
            expect(data && (await vault.store.head(blobNames.pack(data.pack.name)))).toBeDefined();
          }
        }
      }
    }
  }
}

/** What happened in one schedule, so that the test can show that schedules are worth something. */
interface Tally {
  committed: number;
  killed: number;
  refused: Record<string, number>;
  deletedBlobs: number;
  savedBlobs: number;
  purged: number;
  /** The most deletes that one collector had under way, while others went on. */
  deletesAtOnce: number;
}

/** The vault of a collector whose deletes may be long on their way, and are counted meanwhile. */
function withSlowDeletes(vault: Vault, tally: Tally, dawdle: () => Promise<void>): Vault {
  let underWay = 0;
  const store: BlobStore = {
    ...vault.store,
    async delete(name, condition) {
      underWay += 1;
      tally.deletesAtOnce = Math.max(tally.deletesAtOnce, underWay);
      try {
        await dawdle();
        return await vault.store.delete(name, condition);
      } finally {
        underWay -= 1;
      }
    },
  };
  return { ...vault, store };
}

async function playSchedule(seed: number, tally: Tally): Promise<void> {
  const random = seededRandom(seed);
  const world = interleaving(random);
  const raw = memoryBlobStore({ now: world.clock });
  const truth = await openVault(raw, { times: TIMES });
  let backups = 0;

  const vaultOfProcess = (mortality: number, hesitation: number): Vault => {
    const store = world.storeFor(raw, () => !random.chance(mortality), hesitation);
    return { ...truth, store };
  };
  const actors: ((vault: Vault) => Promise<void>)[] = [
    async (vault) => {
      backups += 1;
      await modelBackup(vault, random.pick(VMS), backups, random, world.pause);
      tally.committed += 1;
    },
    async (vault) => {
      const dawdle = () => world.pause(random.chance(0.1) ? random.below(2000) : 0);
      const collector = withSlowDeletes(vault, tally, dawdle);
      const report = await collectGarbage(collector, {
        marksAtOnce: random.pick([5, 1000]),
      });
      tally.deletedBlobs += report.deletedBlobs;
      tally.savedBlobs += report.savedBlobs;
      tally.purged += report.purgedPoints;
      await expectRestorable(truth);
    },
    async (vault) => {
      const point = random.pickIfAny(await listPoints(vault));
      if (point) await deletePoint(vault, point.pointId, 'by hand');
      await world.pause(random.below(400));
      if (point && random.chance(0.5)) await undeletePoint(vault, point.pointId);
    },
    async (vault) => {
      await applyRetention(vault, { vmKey: random.pick(VMS), rules: { daily: 1, weekly: random.below(3) } });
    },
  ];
  const lane = async (laneRandom: Random) => {
    for (let turn = 0; turn < 6; turn += 1) {
      await world.pause(laneRandom.below(150));
      const act = actors[laneRandom.pick([0, 0, 0, 1, 1, 2, 2, 3])]!;
      // A collector may hang anywhere for long; a backup only where the model pauses it, not between check
      // and commit.
      const hesitation = act === actors[1] ? 0.1 : 0;
      try {
        await act(vaultOfProcess(laneRandom.chance(0.3) ? 0.03 : 0, hesitation));
      } catch (error) {
        if (error instanceof Killed) tally.killed += 1;
        else if (error instanceof BackupError) {
          tally.refused[error.failure.code] = (tally.refused[error.failure.code] ?? 0) + 1;
          expect(['RunTooOld', 'RecoveryPointNotFound', 'RecoveryPointGone', 'TransferNotPlanned']).toContain(
            error.failure.code,
          );
        } else throw error;
      }
    }
  };
  const lanes = Array.from({ length: 4 }, (_, k) =>
    world.start(() => lane(seededRandom(seed + 7919 * (k + 1)))),
  );
  const failed = Promise.all(lanes);
  failed.catch(() => {});
  await Promise.race([world.run(), failed]);
  await failed;

  await expectRestorable(truth);
  for (let round = 0; round < 2; round += 1) {
    world.advance(TIMES.garbageAgeSeconds + TIMES.graceSeconds + 10);
    await collectGarbage(truth);
  }
  await expectRestorable(truth);
  await expectNothingLeftOver(truth);
}

async function expectNothingLeftOver(vault: Vault): Promise<void> {
  const points = await listPoints(vault);
  const marking = await markPoints(
    vault,
    points.map(({ pointId }) => pointId),
    '',
    1e6,
  );
  const marks = 'marks' in marking ? marking.marks : undefined;
  const leftOver: string[] = [];
  for await (const { name } of vault.store.list('')) {
    const [folder, id = ''] = name.split('/');
    const known = folder === 'vault.json' || folder === 'points' || marks?.has(id);
    if (!known) leftOver.push(name);
  }
  expect(leftOver).toEqual([]);
}

test('whatever backups, crashes, deletions and two collectors do at once, listed points stay whole and garbage goes', async () => {
  const tally: Tally = {
    committed: 0,
    killed: 0,
    refused: {},
    deletedBlobs: 0,
    savedBlobs: 0,
    purged: 0,
    deletesAtOnce: 0,
  };
  await fc.assert(
    fc.asyncProperty(fc.integer(), (seed) => playSchedule(seed, tally)),
    { numRuns: RUNS, endOnFailure: true },
  );
  // The schedules must reach the corners they are for.
  if (process.env.GARBAGE_MODEL_TALLY) console.log(JSON.stringify(tally));
  for (const reached of [
    tally.committed,
    tally.killed,
    tally.deletedBlobs,
    tally.savedBlobs,
    tally.purged,
    tally.refused.RunTooOld,
  ]) {
    expect(reached).toBeGreaterThan(0);
  }
  expect(tally.deletesAtOnce).toBeGreaterThan(4);
});
