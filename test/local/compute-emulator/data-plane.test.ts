import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, ftruncateSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import type { PageBlobClient } from '@azure/storage-blob';
import { MIB, startCloud, type TestCloud } from './support/emulator';
import { blobAt, createCollection, diskPoint, GROUP, openPoint, vmOf } from './support/steps';

const SIZE = 8 * MIB;
const image = Buffer.concat([randomBytes(MIB), Buffer.alloc(5 * MIB), randomBytes(2 * MIB)]);
const second = Buffer.from(image);
second.fill(0, 4096, 8192);
second.fill(3, 3 * MIB, 3 * MIB + 512);
second.fill(0, SIZE - 512, SIZE);

describe('the data plane of managed disks', () => {
  let cloud: TestCloud;
  let ahead = 0;
  let first: PageBlobClient;
  let later: PageBlobClient;

  beforeAll(async () => {
    const vm = vmOf('Linux', {
      disks: [
        { lun: -1, image: 'os.img' },
        { lun: 0, sizeBytes: MIB },
        { lun: 1, image: 'os.img' },
      ],
    });
    const clock = () => new Date(Date.now() + ahead);
    cloud = await startCloud({ vms: [vm] }, { 'os.img': image }, { clock });
    writeFileSync(join(cloud.folder, 'second.img'), second);
    await createCollection(cloud);
    await cloud.client.restorePoints.create(GROUP, 'vm-1', 'first', {});
    await cloud.admin('POST', '/vms/vm-1/disks/-1/image', { image: join(cloud.folder, 'second.img') });
    await cloud.client.restorePoints.create(GROUP, 'vm-1', 'later', {});
    first = await openPoint(cloud, 'first');
    later = await openPoint(cloud, 'later');
  });

  afterAll(() => cloud.close());

  const ranges = async (blob: PageBlobClient, offset = 0, count = SIZE + 512) => {
    const list = [];
    for await (const { start, end, isClear } of blob.listPageRanges(offset, count))
      list.push({ start, end, isClear });
    return list;
  };

  it('shows the disk with a VHD footer behind it', async () => {
    const properties = await first.getProperties();
    expect(properties).toMatchObject({ contentLength: SIZE + 512, blobType: 'PageBlob' });
    const footer = await first.downloadToBuffer(SIZE, 512);
    expect(footer.toString('latin1', 0, 8)).toBe('conectix');
    expect(footer.readBigUInt64BE(48)).toBe(BigInt(SIZE));
    const sum =
      footer.reduce((total, byte) => total + byte, 0) -
      footer.subarray(64, 68).reduce((total, byte) => total + byte, 0);
    expect(footer.readUInt32BE(64)).toBe(~sum >>> 0);
  });

  it('lists what is allocated, in windows and in pages', async () => {
    expect(await ranges(first)).toEqual([{ start: 0, end: SIZE + 511, isClear: false }]);
    expect(await ranges(later, 0, MIB)).toEqual([
      { start: 0, end: 4095, isClear: false },
      { start: 8192, end: MIB - 1, isClear: false },
    ]);
    const pages = [];
    for await (const page of later.listPageRanges(0, SIZE + 512).byPage({ maxPageSize: 1 }))
      pages.push(page.pageRange);
    expect(pages.flat().map((range) => range?.start)).toEqual([0, 8192, SIZE]);
    expect(pages).toHaveLength(3);
  });

  it('tells exactly which pages changed since an earlier snapshot, and which were cleared', async () => {
    const { pageRange, clearRange } = await later.getPageRangesDiffForManagedDisks(0, SIZE + 512, first.url);
    expect(pageRange).toEqual([{ offset: 3 * MIB, count: 511 }]);
    expect(clearRange).toEqual([
      { offset: 4096, count: 4095 },
      { offset: SIZE - 512, count: 511 },
    ]);
    const windowed = await later.getPageRangesDiffForManagedDisks(4096, 512, first.url);
    expect(windowed).toMatchObject({ pageRange: [], clearRange: [{ offset: 4096, count: 511 }] });
  });

  it('refuses a diff with a snapshot that is no earlier one of the same disk', async () => {
    const other = await openPoint(cloud, 'first', 'vm-1-data-0');
    const diff = (blob: PageBlobClient, previous: string) =>
      blob.getPageRangesDiffForManagedDisks(0, 512, previous);
    const twin = await openPoint(cloud, 'first', 'vm-1-data-1');
    await expect(diff(later, twin.url)).rejects.toMatchObject({ statusCode: 409 });
    await expect(diff(later, other.url)).rejects.toMatchObject({ statusCode: 409 });
    await expect(diff(first, later.url)).rejects.toMatchObject({ statusCode: 409 });
    await expect(diff(later, first.url.replace(/sig=.*/, 'sig=AAAA'))).rejects.toMatchObject({
      statusCode: 403,
    });
    const old = await fetch(`${later.url}&comp=pagelist`, {
      headers: { 'x-ms-version': '2018-03-28', 'x-ms-previous-snapshot-url': first.url },
    });
    expect(await old.text()).toContain('FeatureVersionMismatch');
  });

  it('reads any range, and says so where there is none', async () => {
    expect((await first.downloadToBuffer(MIB - 3, 7)).equals(image.subarray(MIB - 3, MIB + 4))).toBe(true);
    expect((await later.downloadToBuffer(0, SIZE)).equals(second)).toBe(true);
    expect((await first.downloadToBuffer(0, SIZE)).equals(image)).toBe(true);
    const tail = await fetch(first.url, { headers: { range: `bytes=${SIZE}-` } });
    expect([tail.status, tail.headers.get('content-range')]).toEqual([
      206,
      `bytes ${SIZE}-${SIZE + 511}/${SIZE + 512}`,
    ]);
    const behind = await fetch(first.url, { headers: { 'x-ms-range': `bytes=${SIZE + 512}-${SIZE + 600}` } });
    expect([behind.status, behind.headers.get('x-ms-error-code')]).toEqual([416, 'InvalidRange']);
    const nonsense = await fetch(first.url, { headers: { 'x-ms-range': 'bytes=9-3' } });
    expect([nonsense.status, nonsense.headers.get('x-ms-error-code')]).toEqual([400, 'InvalidHeaderValue']);
  });

  it('lets nobody write to a snapshot', async () => {
    await expect(first.uploadPages(Buffer.alloc(512), 0, 512)).rejects.toMatchObject({ statusCode: 403 });
    await expect(first.clearPages(0, 512)).rejects.toMatchObject({ statusCode: 403 });
  });

  it('refuses a wrong signature, an unknown disk, and access whose time is over', async () => {
    const status = async (url: string, method = 'GET') => {
      const answer = await fetch(url, { method });
      return `${answer.status} ${answer.headers.get('x-ms-error-code')}`;
    };
    expect(await status(first.url.replace(/sig=...../, 'sig=AAAAA'))).toBe('403 AuthenticationFailed');
    expect(await status(first.url.replace(/md-[^/]+/, 'md-unknown'), 'HEAD')).toBe(
      '403 AuthenticationFailed',
    );
    ahead = 3601 * 1000;
    expect(await status(first.url)).toBe('403 AuthenticationFailed');
    ahead = 0;
  });

  it('reaches private disks through no public address, and asks for a token where the disk wants one', async () => {
    const disks = [
      { lun: -1, sizeBytes: MIB, networkAccessPolicy: 'AllowPrivate' },
      { lun: 0, sizeBytes: MIB, publicNetworkAccess: 'Disabled' },
      { lun: 1, sizeBytes: MIB, networkAccessPolicy: 'DenyAll' },
      { lun: 2, sizeBytes: MIB, dataAccessAuthMode: 'AzureActiveDirectory' },
    ];
    const other = await startCloud({ vms: [vmOf('Linux', { disks })] });
    await createCollection(other);
    await other.client.restorePoints.create(GROUP, 'vm-1', 'p', {});
    for (const disk of ['vm-1-os', 'vm-1-data-0']) {
      const blob = await openPoint(other, 'p', disk);
      await expect(blob.download(0, 512)).rejects.toMatchObject({
        statusCode: 403,
        code: 'AuthorizationFailure',
      });
    }
    await expect(openPoint(other, 'p', 'vm-1-data-1')).rejects.toMatchObject({
      statusCode: 409,
      code: 'OperationNotAllowed',
    });
    const blob = await openPoint(other, 'p', 'vm-1-data-2');
    await expect(blob.download(0, 512)).rejects.toMatchObject({
      statusCode: 401,
      code: 'NoAuthenticationInformation',
    });
    expect((await fetch(blob.url, { headers: { authorization: 'Bearer x' } })).status).toBe(200);
    await other.close();
  });

  describe('while a disk is uploaded', () => {
    let blob: PageBlobClient;

    beforeAll(async () => {
      await cloud.client.disks.createOrUpdate(GROUP, 'up', {
        location: 'westeurope',
        creationData: { createOption: 'Upload', uploadSizeBytes: SIZE + 512 },
      });
      const { accessSAS } = await cloud.client.disks.grantAccess(GROUP, 'up', {
        access: 'Write',
        durationInSeconds: 600,
      });
      blob = blobAt(accessSAS);
    });

    it('takes pages in any order, and clears them', async () => {
      await blob.uploadPages(image.subarray(4 * MIB), 4 * MIB, 4 * MIB);
      await blob.uploadPages(image.subarray(0, MIB), 0, MIB);
      await blob.uploadPages(Buffer.alloc(MIB, 1), MIB, MIB);
      await blob.clearPages(MIB, MIB);
      expect((await blob.downloadToBuffer(0, SIZE)).equals(image)).toBe(true);
    });

    it('refuses pages that are too large, not aligned, too short or outside', async () => {
      const put = async (range: string, body: Buffer, action = 'update') => {
        const headers = { 'x-ms-range': range, 'x-ms-page-write': action };
        const answer = await fetch(`${blob.url}&comp=page`, {
          method: 'PUT',
          headers,
          body: new Uint8Array(body),
        });
        return `${answer.status} ${answer.headers.get('x-ms-error-code')}`;
      };
      expect(await put(`bytes=0-${4 * MIB + 511}`, Buffer.alloc(4 * MIB + 512))).toBe(
        '413 RequestBodyTooLarge',
      );
      expect(await put('bytes=1-512', Buffer.alloc(512))).toBe('400 InvalidHeaderValue');
      expect(await put('bytes=0-1023', Buffer.alloc(512))).toBe('400 InvalidPageRange');
      expect(await put(`bytes=${SIZE + 512}-${SIZE + 1023}`, Buffer.alloc(512))).toBe('416 InvalidRange');
      expect(await put('bytes=0-511', Buffer.alloc(512), 'erase')).toBe('400 InvalidHeaderValue');
    });
  });

  it('writes nothing of a page whose access ended while it was on its way', async () => {
    await cloud.client.disks.createOrUpdate(GROUP, 'late', {
      location: 'westeurope',
      creationData: { createOption: 'Upload', uploadSizeBytes: MIB + 512 },
    });
    const { accessSAS } = await cloud.client.disks.grantAccess(GROUP, 'late', {
      access: 'Write',
      durationInSeconds: 600,
    });
    const footer = Buffer.alloc(512);
    footer.write('conectix');
    await blobAt(accessSAS).uploadPages(footer, MIB, 512);
    const headers = {
      'x-ms-range': 'bytes=0-1023',
      'x-ms-page-write': 'update',
      'content-length': 1024,
      expect: '100-continue',
    };
    const put = request(`${accessSAS}&comp=page`, { method: 'PUT', headers });
    const answer = once(put, 'response');
    put.flushHeaders();
    await once(put, 'continue');
    put.write(Buffer.alloc(512, 1));
    await cloud.client.disks.revokeAccess(GROUP, 'late');
    put.end(Buffer.alloc(512, 1));
    const [{ statusCode }] = await answer;
    expect(statusCode).toBe(403);
    const zeros = createHash('sha256').update(Buffer.alloc(MIB)).digest('hex');
    expect(await cloud.admin('GET', '/disks/late/sha256')).toEqual({ sizeBytes: MIB, sha256: zeros });
  });

  it('shows a 15 TiB image at once, and only where it holds data', async () => {
    const size = 15 * 2 ** 40;
    const folder = join(cloud.folder, 'large');
    mkdirSync(folder);
    const file = openSync(join(folder, 'large.img'), 'w');
    ftruncateSync(file, size);
    writeSync(file, Buffer.alloc(4096, 5), 0, 4096, 7 * 2 ** 40);
    closeSync(file);
    const other = await startCloud({
      vms: [vmOf('Linux', { disks: [{ lun: -1, image: join(folder, 'large.img') }] })],
    });
    await createCollection(other);
    await other.client.restorePoints.create(GROUP, 'vm-1', 'p', {});
    const blob = await openPoint(other, 'p');
    const list = [];
    for await (const { start, end } of blob.listPageRanges()) list.push({ start, end });
    expect(list).toEqual([
      { start: 7 * 2 ** 40, end: 7 * 2 ** 40 + 4095 },
      { start: size, end: size + 511 },
    ]);
    expect((await blob.downloadToBuffer(7 * 2 ** 40 + 100, 4)).equals(Buffer.alloc(4, 5))).toBe(true);
    await other.close();
  });

  it('gives the disk point of another restore point its own URL', async () => {
    expect(await diskPoint(cloud, 'first')).not.toBe(await diskPoint(cloud, 'later'));
    expect(first.url).not.toBe(later.url);
  });
});
