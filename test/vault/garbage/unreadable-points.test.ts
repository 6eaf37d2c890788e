import { randomBytes } from 'node:crypto';
import { memoryBlobStore } from '../../../src/storage/memory-blob-store';
import { collectGarbage } from '../../../src/vault/garbage/collect-garbage';
import { listDamage } from '../../../src/vault/objects/damage-notes';
import { deletePoint } from '../../../src/vault/points';
import { openDiskImage } from '../../../src/vault/restore/disk-image';
import { openVault, type Vault } from '../../../src/vault/vault';
import { backUp, nextPointId, restoreDisk } from '../support/backups';
import { SimulatedDisk } from '../support/simulated-disk';

const MiB = 1024 * 1024;
const DAY_MS = 86_400_000;

/** Points of two VMs that share nothing; that of `gone` has been deleted, and its grace is over. */
async function oneGoneOneThere() {
  let now = Date.parse('2030-01-01T00:00:00Z');
  const store = memoryBlobStore({ now: () => new Date(now) });
  const vault = await openVault(store);
  const point = async (vm: string) => {
    const disk = new SimulatedDisk(12 * MiB);
    disk.write(0, randomBytes(4 * MiB));
    disk.write(5 * MiB, randomBytes(8192));
    const snapshot = disk.snapshot();
    const { pointId } = await backUp(vault, [{ diskId: 'os', source: snapshot.source() }], nextPointId(vm));
    const image = await openDiskImage(vault, pointId, 'os');
    const names = {
      manifest: `points/${pointId}.json`,
      index: `indexes/${image.indexName}`,
      segment: `segments/${image.index[0]}`,
    };
    return { pointId, bytes: snapshot.bytes(), names };
  };
  const [gone, there] = [await point('vm-1'), await point('vm-2')];
  await deletePoint(vault, gone.pointId, 'test');
  now += 30 * DAY_MS;
  return { vault, gone, there };
}

async function namesIn({ store }: Vault): Promise<Set<string>> {
  const names = new Set<string>();
  for await (const { name } of store.list('')) names.add(name);
  return names;
}

const DATA = ['chunks/', 'packs/', 'digests/'];

describe.each([
  ['manifest', [...DATA, 'segments/', 'indexes/']],
  ['index', ['segments/', ...DATA]],
  ['segment', DATA],
] as const)('a point whose %s cannot be read', (what, mayNeed) => {
  test.each(['missing', 'flipped'])(
    'because it is %s keeps what it may need, and nothing else; brought back, it is whole',
    async (how) => {
      const { vault, gone, there } = await oneGoneOneThere();
      const { store } = vault;
      const name = there.names[what];
      const { body } = (await store.get(name))!;
      // A manifest that is missing is no point.
      if (how === 'missing' && what !== 'manifest') await store.delete(name);
      else await store.put(name, Buffer.from(body.map((byte, at) => (at === 9 ? byte ^ 4 : byte))));
      const before = await namesIn(vault);
      const dry = await collectGarbage(vault, { dryRun: true });
      const report = await collectGarbage(vault);
      expect({ ...report, dryRun: true }).toEqual(dry);
      expect(report).toMatchObject({ purgedPoints: 1, unreadable: [{ pointId: there.pointId, mayNeed }] });
      const after = await namesIn(vault);
      const lost = [...before].filter((one) => !after.has(one));
      for (const kept of mayNeed) expect(lost.filter((one) => one.startsWith(kept))).toEqual([]);
      const { index, segment, manifest } = gone.names;
      const others = [index, segment].filter((one) => !mayNeed.some((folder) => one.startsWith(folder)));
      for (const one of [manifest, ...others]) expect(lost).toContain(one);
      expect(await listDamage(store)).toEqual(what === 'manifest' ? [] : [name]);

      await store.put(name, body);
      expect((await restoreDisk(vault, there.pointId, 'os')).equals(there.bytes)).toBe(true);
      expect((await collectGarbage(vault)).unreadable).toEqual([]);
      const left = [...(await namesIn(vault))];
      expect(left.filter((one) => one.startsWith('chunks/'))).toHaveLength(1);
      expect((await restoreDisk(vault, there.pointId, 'os')).equals(there.bytes)).toBe(true);
    },
  );
});

test('once a point that cannot be read is deleted and its grace is over, everything goes that it kept', async () => {
  const { vault, there } = await oneGoneOneThere();
  await vault.store.delete(there.names.segment);
  let later = 0;
  const store = { ...vault.store, now: async () => new Date(Date.parse('2030-02-10') + later).toISOString() };
  const aged = { ...vault, store };
  await deletePoint(aged, there.pointId, 'test');
  later = 30 * DAY_MS;
  expect((await collectGarbage(aged)).unreadable).toEqual([]);
  expect([...(await namesIn(vault))]).toEqual(['vault.json']);
});
