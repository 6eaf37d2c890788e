import { createHash, randomBytes } from 'node:crypto';
import { closeDiskAccess, openDiskAccess } from '../../src/compute/disks/disk-access';
import { openDiskSource } from '../../src/compute/disks/disk-source';
import { openDiskTarget } from '../../src/compute/disks/disk-target';
import { ensureExtension } from '../../src/compute/guest/extension';
import { windowsChanges } from '../../src/compute/guest/windows-changes';
import { readWindowsState } from '../../src/compute/guest/windows-state';
import { createRestoreDisk } from '../../src/compute/restore/restore-disk';
import { removeSnapshot } from '../../src/compute/snapshots/remove-snapshot';
import { takeSnapshot } from '../../src/compute/snapshots/take-snapshot';
import { discoverVms } from '../../src/compute/vms/discover';
import { inspectVm } from '../../src/compute/vms/inspect';
import { type Azure, complete, MIB, startAzure } from './support/azure';
import { readRange } from './support/read-range';

/** Data, a hole, and a size that is no whole number of MiB. */
const osDisk = Buffer.concat([randomBytes(2 * MIB), Buffer.alloc(5 * MIB), randomBytes(MIB + 512)]);
const dataDisk = Buffer.concat([Buffer.alloc(3 * MIB), randomBytes(MIB)]);
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
let azure: Azure;

beforeAll(async () => {
  azure = await startAzure([
    {
      name: 'win-1',
      os: 'Windows',
      tags: { 'backup-policy': 'daily' },
      disks: [
        { lun: -1, content: osDisk },
        { lun: 2, content: dataDisk },
      ],
    },
    { name: 'linux-1', os: 'Linux', powerState: 'deallocated', disks: [{ lun: -1, content: dataDisk }] },
  ]);
});
afterAll(() => azure.close());

describe('the process of a backup and a restore, through the real SDK', () => {
  it('discovers every VM with its power state, tags and disks', async () => {
    const { vms } = await discoverVms(azure.compute);
    expect(vms.map(({ ref, os, powerState }) => [ref.name, os, powerState])).toEqual([
      ['linux-1', 'Linux', 'deallocated'],
      ['win-1', 'Windows', 'running'],
    ]);
    expect(vms[1]).toMatchObject({
      key: expect.stringMatching(/^win-1-[0-9a-f]{8}$/),
      tags: { 'backup-policy': 'daily' },
      disks: [
        { diskId: 'os', lun: -1 },
        { diskId: 'lun-2', lun: 2 },
      ],
    });
  });

  it('backs a running Windows VM up application-consistently, and restores its bytes to a new disk', async () => {
    const { compute } = azure;
    const ref = azure.ref('win-1');
    const vm = await inspectVm(compute, ref);
    expect(vm).toMatchObject({
      running: true,
      os: 'Windows',
      agent: { ready: true },
      backupExtension: undefined,
    });
    expect(vm.disks.map(({ diskId, sizeBytes, obstacle }) => [diskId, sizeBytes, obstacle])).toEqual([
      ['os', osDisk.length, undefined],
      ['lun-2', dataDisk.length, undefined],
    ]);

    const before = (await complete(readWindowsState, compute, { ref })).result;
    const extension = (await complete(ensureExtension, compute, { ref, os: 'Windows' })).result;
    expect(extension).toMatchObject({ installed: 'installed', name: 'VMSnapshot' });

    const input = {
      ref,
      jobId: 'job-1',
      os: 'Windows',
      running: true,
      consistency: 'application',
      fallbackAllowed: true,
    } as const;
    const { result: snapshot } = await complete(takeSnapshot, compute, input);
    expect(snapshot.consistency).toEqual({ asked: 'application', reached: 'application' });
    expect(snapshot.disks.map(({ diskId, uniqueId }) => [diskId, uniqueId])).toEqual(
      vm.disks.map(({ diskId, uniqueId }) => [diskId, uniqueId]),
    );
    const after = (await complete(readWindowsState, compute, { ref })).result;
    expect(windowsChanges(before, after)).toEqual([
      { what: 'vcRedist2013x64', before: null, after: '12.0.40660' },
      { what: 'vssStartMode', before: 'Manual', after: 'Auto' },
      { what: 'iaasVmProvider', before: null, after: 'Auto' },
    ]);

    const sourceId = snapshot.disks[0]!.sourceId;
    await complete(openDiskAccess, compute, { sourceId, access: 'Read' });
    const source = await openDiskSource(compute, { sourceId });
    expect(source.sizeBytes).toBe(osDisk.length);
    const ranges = await source.allocatedRanges();
    const bytes = Buffer.alloc(source.sizeBytes);
    for (const range of ranges) (await readRange(source, range)).copy(bytes, range.offset);
    expect(bytes.equals(osDisk)).toBe(true);
    expect(ranges.reduce((sum, { length }) => sum + length, 0)).toBeLessThan(4 * MIB);
    await complete(closeDiskAccess, compute, { sourceId });

    const disk = {
      jobId: 'restore-1',
      ...ref,
      name: 'restored',
      location: vm.location,
      sizeBytes: bytes.length,
      os: vm.os,
    };
    const { result: restored } = await complete(createRestoreDisk, compute, disk);
    const target = await openDiskTarget(compute, {
      diskResourceId: restored.resourceId,
      sizeBytes: bytes.length,
    });
    await target.write(4 * MIB, bytes.subarray(4 * MIB));
    await target.write(0, bytes.subarray(0, 4 * MIB));
    await target.finish();
    await complete(closeDiskAccess, compute, { sourceId: restored.resourceId });
    expect(await azure.sha256Of('restored')).toBe(sha256(osDisk));

    expect((await complete(removeSnapshot, compute, snapshot)).result).toEqual({ removed: true });
    expect((await complete(removeSnapshot, compute, snapshot)).result).toEqual({ removed: false });
    expect(await azure.state()).toMatchObject({ restorePoints: [], grants: [] });
  });

  it('gives a deallocated VM no extension, and calls its snapshot file-system consistent', async () => {
    const ref = azure.ref('linux-1');
    const extension = await complete(ensureExtension, azure.compute, { ref, os: 'Linux' });
    expect(extension.result).toEqual({ installed: 'skipped-not-running', name: 'VMSnapshotLinux' });
    const { result } = await complete(takeSnapshot, azure.compute, {
      ref,
      jobId: 'job-2',
      os: 'Linux',
      running: false,
      consistency: 'application',
      fallbackAllowed: false,
    });
    expect(result.consistency).toMatchObject({
      asked: 'application',
      reached: 'file-system',
      reason: /not running/,
    });
  });
});
