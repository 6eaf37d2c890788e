import fc from 'fast-check';
import { blobNames } from '../../../src/vault/format/names';
import { CONTENT_FOLDERS } from '../../../src/vault/garbage/content-folders';
import { markPoints } from '../../../src/vault/garbage/mark';
import { readIndex } from '../../../src/vault/objects/read-index';
import { deletePoint } from '../../../src/vault/points';
import { idsUnder } from '../../../src/vault/points/point-ids';
import { readManifest } from '../../../src/vault/points/read-point';
import { reportUsage, type UsageReport } from '../../../src/vault/usage/report-usage';
import type { Vault } from '../../../src/vault/vault';
import { collectable, generateVault } from '../garbage/support/generated-vault';

/** Which VMs need each blob, as stored; looked up name by name. */
async function needs(vault: Vault): Promise<{ sizeBytes: number; vms: string[] }[]> {
  const pointIds = await idsUnder(vault, 'points/');
  const vms = [...new Set(pointIds.map((id) => id.slice(0, id.indexOf('.'))))];
  const marks = await Promise.all(
    vms.map(async (vm) => ({
      vm,
      marking: await markPoints(
        vault,
        pointIds.filter((id) => id.startsWith(`${vm}.`)),
        '',
        1e6,
      ),
    })),
  );
  const isContent = (name: string) => CONTENT_FOLDERS.some((folder) => name.startsWith(folder));
  return [...(await collectable(vault))]
    .filter(([name]) => isContent(name))
    .map(([name, sizeBytes]) => {
      const content = name.slice(name.indexOf('/') + 1);
      const users = marks.filter(({ marking }) => 'marks' in marking && marking.marks.has(content));
      return { sizeBytes, vms: users.map(({ vm }) => vm) };
    });
}

const sum = (items: readonly { sizeBytes: number }[]): number =>
  items.reduce((total, { sizeBytes }) => total + sizeBytes, 0);

describe('the usage report', () => {
  it('says of each VM what it needs alone and what it shares, however many names are held at once', async () => {
    let shared = 0;
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.constantFrom(3, 10, 1000), async (seed, namesAtOnce) => {
        const { vault } = await generateVault(seed, { deletions: false });
        const truth = await needs(vault);
        const report = await reportUsage(vault, { namesAtOnce });
        for (const { vmKey, uniqueBytes, sharedBytes, points, logicalBytes } of report.vms) {
          const mine = truth.filter(({ vms }) => vms.includes(vmKey));
          const pointIds = await idsUnder(vault, `points/${vmKey}.`);
          const manifests = await Promise.all(pointIds.map((id) => readManifest(vault, id)));
          expect({ uniqueBytes, sharedBytes, points, logicalBytes }).toEqual({
            uniqueBytes: sum(mine.filter(({ vms }) => vms.length === 1)),
            sharedBytes: sum(mine.filter(({ vms }) => vms.length > 1)),
            points: pointIds.length,
            logicalBytes: sum(manifests.flatMap((manifest) => manifest?.disks ?? [])),
          });
          shared += sharedBytes;
        }
        expect(report.storedBytes).toBe(sum(truth.filter(({ vms }) => vms.length > 0)));
        expect(report.unreferencedBytes).toBe(sum(truth.filter(({ vms }) => vms.length === 0)));
        expect(report.unreadablePoints).toEqual([]);
      }),
      { numRuns: 60 },
    );
    expect(shared).toBeGreaterThan(0);
  });

  it('still counts what a deleted point takes as long as it can be undeleted, and no longer', async () => {
    const { vault, advanceBeyondGrace } = await generateVault(5, { deletions: false });
    const [first = ''] = await idsUnder(vault, 'points/');
    const before = await reportUsage(vault);
    await deletePoint(vault, first, 'by hand');
    const { bytesByKind, ...deleted } = await reportUsage(vault);
    expect({ ...deleted, bytesByKind: { ...bytesByKind, tombstones: 0 } }).toEqual(before);
    advanceBeyondGrace();
    const points = (report: UsageReport) => report.vms.reduce((total, vm) => total + vm.points, 0);
    expect(points(await reportUsage(vault))).toBe(points(before) - 1);
  });

  it('names points that cannot be read, and counts the others', async () => {
    const { vault } = await generateVault(5, { deletions: false, vms: ['vm-1'] });
    const [first = '', second = '', third = ''] = await idsUnder(vault, 'points/');
    const disk = (await readManifest(vault, second))?.disks[0];
    await vault.store.put(blobNames.point(first), Buffer.from('{}'));
    const [segment = ''] = await readIndex(vault.store, disk?.index ?? '', disk?.sizeBytes ?? 0);
    await vault.store.put(blobNames.segment(segment ?? ''), Buffer.from('damaged'));
    const { vms, unreadablePoints } = await reportUsage(vault);
    expect(unreadablePoints).toEqual(expect.arrayContaining([first, second]));
    expect(unreadablePoints).not.toContain(third);
    expect(vms).toEqual([expect.objectContaining({ vmKey: 'vm-1', sharedBytes: 0 })]);
    expect(vms[0]?.uniqueBytes).toBeGreaterThan(0);
  });
});
