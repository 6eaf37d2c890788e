import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { BackupError } from '../../src/failures/failure';
import { memoryBlobStore } from '../../src/storage/memory-blob-store';
import type { Manifest } from '../../src/vault/format/manifest';
import { listPoints, readPoint, surveyPoints } from '../../src/vault/points';
import { openVault, type Vault } from '../../src/vault/vault';
import { backUp, restoreDisk } from './support/backups';
import { SimulatedDisk } from './support/simulated-disk';

const MiB = 1024 * 1024;

async function smallVault() {
  const vault = await openVault(memoryBlobStore());
  const disk = new SimulatedDisk(6 * MiB);
  disk.write(0, Buffer.alloc(MiB, 'words that compress well '));
  const first = disk.snapshot();
  const base = (await backUp(vault, [{ diskId: 'os', source: first.source() }], 'vm-1.20300101t000000z'))
    .pointId;
  disk.write(512 * 1024, randomBytes(8192));
  const second = disk.snapshot();
  const { pointId } = await backUp(
    vault,
    [{ diskId: 'os', source: second.source(first), base }],
    'vm-1.20300102t000000z',
  );
  return { vault, pointId, bytes: second.bytes() };
}

const contentNames = async ({ store }: Vault) => {
  const names: string[] = [];
  for await (const { name } of store.list('')) if (!/^(runs|digests)\//.test(name)) names.push(name);
  return names;
};

test('whatever is done to any blob, a restore gives the exact bytes or a refusal that names an object', async () => {
  const { vault, pointId, bytes } = await smallVault();
  const names = await contentNames(vault);
  const attack = fc.record({
    victim: fc.constantFrom(...names),
    at: fc.nat(),
    how: fc.constantFrom('flip', 'truncate', 'extend', 'empty', 'remove', 'swap'),
    other: fc.constantFrom(...names),
  });
  await fc.assert(
    fc.asyncProperty(attack, async ({ victim, at, how, other }) => {
      const { body } = (await vault.store.get(victim))!;
      const replacement = (await vault.store.get(other))!.body;
      const place = at % body.length;
      const flipped = Buffer.from(body);
      flipped.writeUInt8(body.readUInt8(place) ^ (1 << (at % 8)), place);
      if (how === 'flip') await vault.store.put(victim, flipped);
      if (how === 'truncate') await vault.store.put(victim, body.subarray(0, place));
      if (how === 'extend')
        await vault.store.put(victim, Buffer.concat([body, Buffer.alloc(1 + (at % 9000), 1)]));
      if (how === 'empty') await vault.store.put(victim, Buffer.alloc(0));
      if (how === 'remove') await vault.store.delete(victim);
      if (how === 'swap') await vault.store.put(victim, replacement);
      try {
        expect((await restoreDisk(vault, pointId, 'os')).equals(bytes)).toBe(true);
      } catch (error) {
        expect(error).toBeInstanceOf(BackupError);
        expect((error as BackupError).failure.code).toMatch(/^Vault|^RecoveryPointNotFound/);
      } finally {
        await vault.store.put(victim, body);
      }
    }),
    { numRuns: 300 },
  );
});

describe('a hostile manifest', () => {
  const hostile: [what: string, field: string, change: (manifest: Manifest) => unknown][] = [
    ['of another version', 'formatVersion', (m) => ({ ...m, formatVersion: 2 })],
    ['with an unknown field', 'extra', (m) => ({ ...m, extra: 1 })],
    ['with an unknown field of a disk', 'disks.0', (m) => ({ ...m, disks: [{ ...m.disks[0], extra: 1 }] })],
    [
      'with a path as index',
      'disks.0.index',
      (m) => ({ ...m, disks: [{ ...m.disks[0], index: '../../x' }] }),
    ],
    ['with a path as disk', 'disks.0.diskId', (m) => ({ ...m, disks: [{ ...m.disks[0], diskId: '../x' }] })],
    [
      'with a disk of an odd size',
      'disks.0.sizeBytes',
      (m) => ({ ...m, disks: [{ ...m.disks[0], sizeBytes: 513 }] }),
    ],
    [
      'with a disk of 1 ZiB',
      'disks.0.sizeBytes',
      (m) => ({ ...m, disks: [{ ...m.disks[0], sizeBytes: 2 ** 70 }] }),
    ],
    [
      'with two disks of one LUN',
      'disks',
      (m) => ({ ...m, disks: [m.disks[0], { ...m.disks[0], diskId: 'lun-1' }] }),
    ],
    ['of another point', 'pointId', (m) => ({ ...m, pointId: 'vm-1.20300101t000000z' })],
    ['without disks', 'disks', (m) => ({ ...m, disks: [] })],
    ['that is a list', '(document)', (m) => [m]],
    ['with a time that is none', 'snapshotTime', (m) => ({ ...m, snapshotTime: 'yesterday' })],
  ];

  test.each(hostile)('%s is refused by field, and the other points stay', async (_what, field, change) => {
    const { vault, pointId } = await smallVault();
    const name = `points/${pointId}.json`;
    const manifest = JSON.parse((await vault.store.get(name))!.body.toString());
    await vault.store.put(name, Buffer.from(JSON.stringify(change(manifest))));
    const { points, refused } = await surveyPoints(vault);
    expect(points.map((point) => point.pointId)).toEqual(['vm-1.20300101t000000z']);
    expect(refused).toHaveLength(1);
    expect(refused[0]?.failure).toMatchObject({ code: 'VaultDocumentInvalid' });
    expect(refused[0]?.failure.message).toContain(name);
    expect(refused[0]?.failure.message).toContain(field);
    await expect(readPoint(vault, pointId)).rejects.toThrow('VaultDocumentInvalid');
  });

  test('that is not JSON, or too large to read, is refused as well', async () => {
    const { vault, pointId } = await smallVault();
    await vault.store.put(`points/${pointId}.json`, Buffer.from('{"formatVersion":1,'));
    await expect(readPoint(vault, pointId)).rejects.toThrow('it is not JSON');
    await vault.store.put(`points/${pointId}.json`, Buffer.alloc(5 * MiB, ' '));
    await expect(readPoint(vault, pointId)).rejects.toThrow('VaultObjectTooLarge');
    expect(await listPoints(vault)).toHaveLength(1);
  });
});

test('ids outside their grammar never become names of blobs', async () => {
  const { vault } = await smallVault();
  for (const id of [
    '../vault',
    'vm-1',
    'vm-1.',
    'VM.20300101t000000z',
    'a/b.20300101t000000z',
    '',
    'x'.repeat(300),
  ]) {
    await expect(readPoint(vault, id)).rejects.toThrow('VaultNameInvalid');
  }
  await expect(listPoints(vault, '../points/vm-1')).rejects.toThrow('VaultNameInvalid');
});

test('a vault of a newer version, or with unknown settings, is not opened', async () => {
  const { vault } = await smallVault();
  const document = JSON.parse((await vault.store.get('vault.json'))!.body.toString());
  const reopenWith = async (change: object) => {
    await vault.store.put('vault.json', Buffer.from(JSON.stringify({ ...document, ...change })));
    return openVault(vault.store);
  };
  await expect(reopenWith({ formatVersion: 2 })).rejects.toThrow('VaultVersionUnsupported');
  await expect(reopenWith({ encryption: 'aes-256-gcm' })).rejects.toThrow('encryption');
  await expect(reopenWith({ chunkBytes: 1 })).rejects.toThrow('chunkBytes');
});
