import { startCloud, type TestCloud } from './support/emulator';
import { blobAt, createCollection, diskPoint, GROUP, openPoint, vmOf } from './support/steps';

const READ = { access: 'Read', durationInSeconds: 600 };
const WRITE = { access: 'Write', durationInSeconds: 600 };

describe('managed disks and access to them', () => {
  let cloud: TestCloud;

  beforeEach(async () => {
    const disks = [
      { lun: -1, sizeBytes: 1024 * 1024 },
      { lun: 0, sizeBytes: 1024 * 1024 },
    ];
    cloud = await startCloud({ vms: [vmOf('Linux', { disks })] });
    await createCollection(cloud);
  });

  afterEach(() => cloud.close());

  const create = (point: string) => cloud.client.restorePoints.create(GROUP, 'vm-1', point, {});
  const stateOf = async (disk: string) => (await cloud.client.disks.get(GROUP, disk)).diskState;

  it('extend access that is open and keep its URL; a new grant after a revoke has another', async () => {
    await create('p');
    const name = await diskPoint(cloud, 'p');
    const grant = async () =>
      (await cloud.client.diskRestorePoint.grantAccess(GROUP, 'vm-1', 'p', name, READ)).accessSAS;
    const url = await grant();
    expect(await grant()).toBe(url);
    await cloud.client.diskRestorePoint.revokeAccess(GROUP, 'vm-1', 'p', name);
    expect(await grant()).not.toBe(url);
  });

  it('open at most five snapshots of one disk at a time, however many disks there are', async () => {
    for (const point of ['1', '2', '3', '4', '5', '6']) await create(point);
    for (const point of ['1', '2', '3', '4', '5']) await openPoint(cloud, point);
    await openPoint(cloud, '1', 'vm-1-data-0');
    await expect(openPoint(cloud, '6')).rejects.toMatchObject({
      statusCode: 409,
      code: 'OperationNotAllowed',
    });
    await cloud.client.diskRestorePoint.revokeAccess(GROUP, 'vm-1', '3', await diskPoint(cloud, '3'));
    await openPoint(cloud, '6');
  });

  it('keep a restore point, and its collection, from being deleted while access is open', async () => {
    await create('p');
    await openPoint(cloud, 'p');
    const used = { statusCode: 409, code: 'DiskRestorePointUsedByCustomer' };
    await expect(cloud.client.restorePoints.delete(GROUP, 'vm-1', 'p')).rejects.toMatchObject(used);
    await expect(cloud.client.restorePointCollections.delete(GROUP, 'vm-1')).rejects.toMatchObject(used);
    await cloud.client.diskRestorePoint.revokeAccess(GROUP, 'vm-1', 'p', await diskPoint(cloud, 'p'));
    await cloud.client.restorePointCollections.delete(GROUP, 'vm-1');
    await expect(cloud.client.restorePoints.get(GROUP, 'vm-1', 'p')).rejects.toMatchObject({
      statusCode: 404,
    });
  });

  it('want a sensible duration and kind of access', async () => {
    await create('p');
    const name = await diskPoint(cloud, 'p');
    for (const body of [
      { ...READ, durationInSeconds: 0 },
      { ...READ, durationInSeconds: 5_184_001 },
      { access: 'None', durationInSeconds: 1 },
    ]) {
      await expect(
        cloud.client.diskRestorePoint.grantAccess(GROUP, 'vm-1', 'p', name, body),
      ).rejects.toMatchObject({ statusCode: 400 });
    }
    await expect(
      cloud.client.diskRestorePoint.grantAccess(GROUP, 'vm-1', 'p', name, WRITE),
    ).rejects.toMatchObject({ statusCode: 409 });
  });

  it('are not exported while their VM runs, and keep it from starting while they are', async () => {
    await expect(cloud.client.disks.grantAccess(GROUP, 'vm-1-os', READ)).rejects.toMatchObject({
      statusCode: 409,
    });
    expect(await stateOf('vm-1-os')).toBe('Attached');
    await cloud.client.virtualMachines.deallocate(GROUP, 'vm-1');
    expect(await stateOf('vm-1-os')).toBe('Reserved');
    await cloud.client.disks.grantAccess(GROUP, 'vm-1-os', READ);
    expect(await stateOf('vm-1-os')).toBe('ActiveSAS');
    await expect(cloud.client.virtualMachines.start(GROUP, 'vm-1')).rejects.toMatchObject({
      statusCode: 409,
    });
    await cloud.client.disks.revokeAccess(GROUP, 'vm-1-os');
    await cloud.client.virtualMachines.start(GROUP, 'vm-1');
    expect(await stateOf('vm-1-os')).toBe('Attached');
  });

  it('pass through the states of an upload, and cannot be used before it ends', async () => {
    const creationData = { createOption: 'Upload', uploadSizeBytes: 1024 * 1024 + 512 };
    await cloud.client.disks.createOrUpdate(GROUP, 'up', { location: 'westeurope', creationData });
    expect(await stateOf('up')).toBe('ReadyToUpload');
    const { accessSAS } = await cloud.client.disks.grantAccess(GROUP, 'up', WRITE);
    expect(await stateOf('up')).toBe('ActiveUpload');
    const { id } = await cloud.client.disks.get(GROUP, 'up');
    const attach = () =>
      cloud.client.virtualMachines.attachDetachDataDisks(GROUP, 'vm-1', {
        dataDisksToAttach: [{ diskId: id ?? '', lun: 5 }],
      });
    await expect(attach()).rejects.toMatchObject({ statusCode: 409 });
    await expect(cloud.client.disks.revokeAccess(GROUP, 'up')).rejects.toThrow(/BadRequest.*cookie/);
    const footer = Buffer.alloc(512);
    footer.write('conectix');
    await blobAt(accessSAS).uploadPages(footer, 1024 * 1024, 512);
    await cloud.client.disks.revokeAccess(GROUP, 'up');
    expect(await stateOf('up')).toBe('Unattached');
    expect((await attach()).dataDisks?.map(({ lun }) => lun)).toEqual([0, 5]);
  });

  it('take uploads of any whole sectors unless the sizes of Azure are asked for', async () => {
    const upload = (name: string, uploadSizeBytes: number) =>
      cloud.client.disks.createOrUpdate(GROUP, name, {
        location: 'westeurope',
        creationData: { createOption: 'Upload', uploadSizeBytes },
      });
    expect((await upload('small', 1024)).diskSizeBytes).toBe(512);
    await expect(upload('odd', 1000)).rejects.toMatchObject({ statusCode: 400, code: 'InvalidParameter' });
    await cloud.admin('PATCH', '/settings', { strictUploadSizes: true });
    await expect(upload('strict', 1024 * 1024 + 512)).rejects.toMatchObject({ statusCode: 400 });
    expect((await upload('large', 20_972_032)).diskSizeBytes).toBe(20_971_520);
    expect((await upload('largest', 35_183_298_347_520)).diskSizeBytes).toBe(35_183_298_347_008);
  });

  it('grow but never shrink, and are deleted only when nobody has them', async () => {
    await cloud.client.disks.createOrUpdate(GROUP, 'data', {
      location: 'westeurope',
      creationData: { createOption: 'Empty' },
      diskSizeGB: 4,
    });
    expect((await cloud.client.disks.update(GROUP, 'data', { diskSizeGB: 8 })).diskSizeBytes).toBe(
      8 * 2 ** 30,
    );
    await expect(cloud.client.disks.update(GROUP, 'data', { diskSizeGB: 4 })).rejects.toMatchObject({
      statusCode: 400,
    });
    await expect(cloud.client.disks.delete(GROUP, 'vm-1-os')).rejects.toMatchObject({ statusCode: 409 });
    await cloud.client.disks.grantAccess(GROUP, 'data', READ);
    await expect(cloud.client.disks.delete(GROUP, 'data')).rejects.toMatchObject({ statusCode: 409 });
    await cloud.client.disks.revokeAccess(GROUP, 'data');
    await cloud.client.disks.delete(GROUP, 'data');
    await cloud.client.disks.delete(GROUP, 'data');
  });

  it('are copied by incremental snapshots of one family, which tell what changed between them', async () => {
    const { id, uniqueId } = await cloud.client.disks.get(GROUP, 'vm-1-os');
    const take = (name: string) =>
      cloud.client.snapshots.createOrUpdate(GROUP, name, {
        location: 'westeurope',
        incremental: true,
        creationData: { createOption: 'Copy', sourceResourceId: id },
      });
    const first = await take('s1');
    const second = await take('s2');
    expect(first).toMatchObject({
      incremental: true,
      diskSizeBytes: 1024 * 1024,
      completionPercent: 100,
      creationData: { sourceUniqueId: uniqueId },
    });
    expect(second.incrementalSnapshotFamilyId).toBe(first.incrementalSnapshotFamilyId);
    const url = async (name: string) =>
      (await cloud.client.snapshots.grantAccess(GROUP, name, READ)).accessSAS;
    const blob = blobAt(await url('s2'));
    const diff = await blob.getPageRangesDiffForManagedDisks(0, 1024, (await url('s1')) ?? '');
    expect(diff).toMatchObject({ pageRange: [], clearRange: [] });
    await expect(cloud.client.snapshots.delete(GROUP, 's1')).rejects.toMatchObject({ statusCode: 409 });
    await cloud.client.snapshots.revokeAccess(GROUP, 's1');
    await cloud.client.snapshots.delete(GROUP, 's1');
    await expect(cloud.client.snapshots.get(GROUP, 's1')).rejects.toMatchObject({ statusCode: 404 });
  });

  it('that are made again under the same name are other disks', async () => {
    const make = () =>
      cloud.client.disks.createOrUpdate(GROUP, 'd', {
        location: 'westeurope',
        creationData: { createOption: 'Empty' },
        diskSizeGB: 1,
      });
    const first = await make();
    await cloud.client.disks.delete(GROUP, 'd');
    expect((await make()).uniqueId).not.toBe(first.uniqueId);
  });
});
