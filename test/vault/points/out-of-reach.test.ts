import { backupError } from '../../../src/failures/failure';
import type { BlobStore } from '../../../src/storage/blob-store';
import { memoryBlobStore } from '../../../src/storage/memory-blob-store';
import { collectGarbage } from '../../../src/vault/garbage/collect-garbage';
import { listDamage } from '../../../src/vault/objects/damage-notes';
import { deletePoint, listPoints, newestPoint, surveyPoints } from '../../../src/vault/points';
import { newestPoints } from '../../../src/vault/points/newest-points';
import { openDiskImage } from '../../../src/vault/restore/disk-image';
import { chooseBasis } from '../../../src/vault/transfer/choose-basis';
import { reportUsage } from '../../../src/vault/usage/report-usage';
import { openVault, type Vault } from '../../../src/vault/vault';
import { needsVerification, recordVerification, verifyPart } from '../../../src/vault/verify';
import { backUp } from '../support/backups';
import { SimulatedDisk } from '../support/simulated-disk';

const MiB = 1024 * 1024;
const DAY = 86_400_000;

/** Two VMs with two points each, in a container of which blobs can be put out of reach. */
async function fleetVault() {
  let time = Date.parse('2030-01-01T00:00:00Z');
  const archived = new Set<string>();
  /** Blobs that the storage refuses to serve, as it would any other. */
  const refused = new Map<string, 'VaultThrottled' | 'VaultAccessDenied'>();
  const memory = memoryBlobStore({ now: () => new Date(time), archived: (name) => archived.has(name) });
  const store: BlobStore = {
    ...memory,
    async get(name, options) {
      const code = refused.get(name);
      if (code) throw backupError(code, name);
      return memory.get(name, options);
    },
  };
  const vault = await openVault(store);
  const ids: string[] = [];
  for (const vmKey of ['vm-1', 'vm-2']) {
    for (const day of ['01', '02']) {
      const disk = new SimulatedDisk(4 * MiB);
      disk.write(0, Buffer.alloc(MiB, `${vmKey} on day ${day} `));
      const source = disk.snapshot().source();
      const { pointId } = await backUp(vault, [{ diskId: 'os', source }], `${vmKey}.203001${day}t000000z`);
      ids.push(pointId);
    }
  }
  const later = (days: number) => {
    time += days * DAY;
  };
  return { vault, ids: ids as [string, string, string, string], archived, refused, later };
}

const manifestOf = (pointId: string) => `points/${pointId}.json`;
const contentOf = async ({ store }: Vault) => {
  const names: string[] = [];
  for (const folder of ['chunks/', 'segments/', 'indexes/', 'digests/'])
    for await (const { name } of store.list(folder)) names.push(name);
  return names;
};

describe('a manifest in the Archive tier', () => {
  test('costs its point in a list, which names it and shows the rest', async () => {
    const { vault, ids, archived } = await fleetVault();
    archived.add(manifestOf(ids[1]));
    const { points, refused } = await surveyPoints(vault);
    expect(points.map(({ pointId }) => pointId).sort()).toEqual([ids[0], ids[2], ids[3]]);
    expect(refused).toEqual([
      {
        pointId: ids[1],
        failure: expect.objectContaining({
          code: 'VaultBlobArchived',
          message: expect.stringContaining(manifestOf(ids[1])),
          retryable: false,
        }),
      },
    ]);
  });

  test('costs its VM the newest point, which is named, and the other VMs nothing', async () => {
    const { vault, ids, archived } = await fleetVault();
    archived.add(manifestOf(ids[1]));
    const newest = await newestPoints(vault, ['vm-1', 'vm-2', 'vm-3']);
    expect([...newest].map(([key, { point, refused }]) => [key, point?.pointId, refused])).toEqual([
      ['vm-1', ids[0], [expect.objectContaining({ pointId: ids[1] })]],
      ['vm-2', ids[3], []],
    ]);
    expect((await newestPoint(vault, 'vm-1'))?.pointId).toBe(ids[0]);
  });

  test('makes its point wanted: the collection deletes no content and says which blob is in the way', async () => {
    const { vault, ids, archived, later } = await fleetVault();
    await deletePoint(vault, ids[2], 'test');
    later(100);
    archived.add(manifestOf(ids[1]));
    const before = await contentOf(vault);
    expect((await collectGarbage(vault)).unreadable).toMatchObject([
      {
        pointId: ids[1],
        failure: { code: 'VaultBlobArchived', message: expect.stringContaining(manifestOf(ids[1])) },
      },
    ]);
    expect(await contentOf(vault)).toEqual(before);
    archived.clear();
    expect((await collectGarbage(vault)).deletedBlobs).toBeGreaterThan(0);
  });

  test('is told by the usage report, which counts the rest', async () => {
    const { vault, ids, archived } = await fleetVault();
    archived.add(manifestOf(ids[1]));
    const { vms, unreadablePoints } = await reportUsage(vault);
    expect(unreadablePoints).toEqual([ids[1]]);
    expect(vms.map(({ vmKey, points }) => [vmKey, points])).toEqual([
      ['vm-1', 1],
      ['vm-2', 2],
    ]);
  });

  test('has the next backup read its disk in full', async () => {
    const { vault, ids, archived } = await fleetVault();
    archived.add(manifestOf(ids[1]));
    const source = new SimulatedDisk(4 * MiB).snapshot().source();
    const base = { pointId: ids[1], diskId: 'os' };
    expect(await chooseBasis(vault, { source, base }, new Set())).toEqual({
      mode: 'full',
      modeReason: 'base point unusable: VaultBlobArchived',
    });
  });
});

test('a tombstone out of reach ends nobody’s grace, and the others’ goes on', async () => {
  const { vault, ids, archived, later } = await fleetVault();
  await deletePoint(vault, ids[0], 'test');
  await deletePoint(vault, ids[2], 'test');
  later(100);
  archived.add(`tombstones/${ids[0]}.json`);
  expect(await collectGarbage(vault)).toMatchObject({ purgedPoints: 1, livePoints: 3 });
  expect(await vault.store.head(manifestOf(ids[0]))).toBeDefined();
});

test('evidence out of reach is none, and asks for a verification', async () => {
  const { vault, ids, archived } = await fleetVault();
  await recordVerification(vault, { pointId: ids[0], runId: 'run-1', share: 1, disks: [] });
  expect(await needsVerification(vault, ids[0], 30)).toBe(false);
  archived.add(`verifications/${ids[0]}/run-1.json`);
  expect(await needsVerification(vault, ids[0], 30)).toBe(true);
});

test('a chunk out of reach cannot be restored, which a verification reports, but is not damaged', async () => {
  const { vault, ids, archived } = await fleetVault();
  const image = await openDiskImage(vault, ids[0], 'os');
  for await (const { name } of vault.store.list('chunks/')) archived.add(name);
  expect(await verifyPart(vault, image, 0)).toMatchObject({
    damagedBytes: 4 * MiB,
    damage: [{ code: 'VaultBlobArchived', object: expect.stringMatching(/^chunks\//) }],
  });
  expect(await listDamage(vault.store)).toEqual([]);
});

describe('what the storage refuses for the moment, or altogether', () => {
  test.each(['VaultThrottled', 'VaultAccessDenied'] as const)(
    '%s of one object is that object’s, in a list; of two it is everybody’s',
    async (code) => {
      const { vault, ids, refused } = await fleetVault();
      refused.set(manifestOf(ids[1]), code);
      expect((await surveyPoints(vault)).refused).toMatchObject([{ pointId: ids[1], failure: { code } }]);
      expect((await newestPoints(vault, ['vm-1', 'vm-2'])).get('vm-2')?.point?.pointId).toBe(ids[3]);
      refused.set(manifestOf(ids[3]), code);
      await expect(listPoints(vault)).rejects.toThrow(code);
      await expect(newestPoints(vault, ['vm-1', 'vm-2'])).rejects.toThrow(code);
    },
  );

  test('decides nothing: no older base, no disk read in full, no point unknown', async () => {
    const { vault, ids, refused } = await fleetVault();
    refused.set(manifestOf(ids[1]), 'VaultThrottled');
    const source = new SimulatedDisk(4 * MiB).snapshot().source();
    const base = { pointId: ids[1], diskId: 'os' };
    await expect(newestPoint(vault, 'vm-1')).rejects.toThrow('VaultThrottled');
    await expect(chooseBasis(vault, { source, base }, new Set())).rejects.toThrow('VaultThrottled');
    await expect(collectGarbage(vault)).rejects.toThrow(/^VaultThrottled/);
    await expect(reportUsage(vault)).rejects.toThrow(/^VaultThrottled/);
  });
});
