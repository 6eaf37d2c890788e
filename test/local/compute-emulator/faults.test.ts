import { startCloud, type TestCloud } from './support/emulator';
import { createCollection, GROUP, openPoint, vmOf } from './support/steps';

/** The error codes that the creation of a restore point ends with, as the service documents them. */
const CREATION_CODES = [
  'OperationNotAllowed',
  'VMRestorePointClientError',
  'VMAgentStatusCommunicationError',
  'VMRestorePointInternalError',
  'DiskRestorePointClientError',
  'InternalError',
  'InternalExecutionError',
  'InternalOperationError',
  'OSProvisioningClientError',
  'AllocationFailed',
];

const IMAGE = Buffer.alloc(1024 * 1024, 7);

describe('faults on demand', () => {
  let cloud: TestCloud;

  beforeAll(async () => {
    const vm = vmOf('Linux', { disks: [{ lun: -1, image: 'os.img' }] });
    cloud = await startCloud({ vms: [vm] }, { 'os.img': IMAGE });
    await createCollection(cloud);
  });

  afterAll(() => cloud.close());
  afterEach(() => cloud.admin('DELETE', '/faults'));

  const fault = (value: object) => cloud.admin('POST', '/faults', value);
  const create = (name: string) => cloud.client.restorePoints.create(GROUP, 'vm-1', name, {});

  it.each(CREATION_CODES)('end the creation of a restore point with %s, once', async (code) => {
    await fault({
      operation: 'restorePoints.create',
      effect: { kind: 'fail-operation', code, message: 'for the test' },
    });
    await expect(create(code)).rejects.toThrow(`${code}. for the test`);
    expect((await create(code)).provisioningState).toBe('Succeeded');
  });

  it('refuse a request with 429 and Retry-After, as often as told, only for the resource named', async () => {
    const effect = { kind: 'refuse', status: 429, code: 'TooManyRequests', retryAfterSeconds: 3 };
    await fault({ operation: 'virtualMachines.*', resource: 'VM-1', count: 2, effect });
    const get = () => cloud.client.virtualMachines.get(GROUP, 'vm-1');
    for (const _ of [1, 2]) {
      const error = await get().catch((thrown) => thrown);
      expect(error).toMatchObject({ statusCode: 429, code: 'TooManyRequests' });
      expect(error.response.headers.get('retry-after')).toBe('3');
    }
    expect((await get()).name).toBe('vm-1');
    expect(await cloud.admin('GET', '/faults')).toEqual([]);
    await fault({ operation: 'virtualMachines.get', resource: 'another', effect });
    expect((await get()).name).toBe('vm-1');
  });

  it('wait for their turn', async () => {
    const effect = { kind: 'refuse', status: 503, code: 'ServerBusy' };
    await fault({ operation: 'virtualMachines.get', skip: 1, effect });
    const get = () => cloud.client.virtualMachines.get(GROUP, 'vm-1');
    expect((await get()).name).toBe('vm-1');
    await expect(get()).rejects.toMatchObject({ statusCode: 503 });
  });

  it('never let an operation end', async () => {
    await fault({ operation: 'diskRestorePoint.grantAccess', effect: { kind: 'endless' } });
    await create('endless');
    const [disk] = await cloud.client.restorePoints
      .get(GROUP, 'vm-1', 'endless', { expand: 'instanceView' })
      .then(({ instanceView }) => instanceView?.diskRestorePoints ?? []);
    const name = disk?.id?.split('/').at(-1) ?? '';
    const poller = cloud.client.diskRestorePoint.grantAccess(GROUP, 'vm-1', 'endless', name, {
      access: 'Read',
      durationInSeconds: 60,
    });
    for (let poll = 0; poll < 5; poll += 1) await poller.poll();
    expect(poller.isDone).toBe(false);
  });

  it('are refused with the field that is wrong', async () => {
    await expect(fault({ operation: 'x', effect: { kind: 'explode' } })).rejects.toThrow(/400 .*effect/s);
  });

  describe('on the data plane', () => {
    it('cut the connection in mid-body', async () => {
      await create('cut');
      const blob = await openPoint(cloud, 'cut');
      await fault({ operation: 'blob.download', effect: { kind: 'cut', afterBytes: 100_000 } });
      const answer = await fetch(blob.url, { headers: { 'x-ms-range': 'bytes=0-524287' } });
      expect(answer.headers.get('content-length')).toBe('524288');
      await expect(answer.arrayBuffer()).rejects.toThrow();
      expect((await blob.downloadToBuffer(0, 1024)).equals(IMAGE.subarray(0, 1024))).toBe(true);
    });

    it('truncate a body as if it were whole', async () => {
      await create('truncate');
      const blob = await openPoint(cloud, 'truncate');
      await fault({ operation: 'blob.download', effect: { kind: 'truncate', missingBytes: 512 } });
      const answer = await fetch(blob.url, { headers: { 'x-ms-range': 'bytes=0-4095' } });
      expect((await answer.arrayBuffer()).byteLength).toBe(4096 - 512);
    });

    it('send slowly, and all of it: what is left when they are cleared comes at once', async () => {
      await create('slow');
      const blob = await openPoint(cloud, 'slow');
      const slow = (bytesPerSecond: number) =>
        fault({ operation: 'blob.download', effect: { kind: 'slow', bytesPerSecond } });
      await slow(10_000_000);
      const body = await blob.downloadToBuffer();
      expect(body.subarray(0, IMAGE.length).equals(IMAGE)).toBe(true);

      await slow(10);
      const answer = await fetch(blob.url, { headers: { 'x-ms-range': `bytes=0-${IMAGE.length - 1}` } });
      await cloud.admin('DELETE', '/faults');
      expect(Buffer.from(await answer.arrayBuffer()).equals(IMAGE)).toBe(true);
    });

    it('answer 503 and end the access', async () => {
      await create('busy');
      const blob = await openPoint(cloud, 'busy');
      await fault({ operation: 'blob.*', effect: { kind: 'refuse', status: 503, code: 'ServerBusy' } });
      await expect(blob.getPageRanges()).rejects.toMatchObject({ statusCode: 503, code: 'ServerBusy' });
      await fault({ operation: 'blob.download', effect: { kind: 'expire' } });
      await expect(blob.download(0, 512)).rejects.toMatchObject({
        statusCode: 403,
        code: 'AuthenticationFailed',
      });
      await expect(blob.getPageRanges()).rejects.toMatchObject({ statusCode: 403 });
    });
  });
});
