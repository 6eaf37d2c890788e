import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { parseUploadHead } from '../../../local/compute-emulator/data-plane/upload-head';
import { connectCompute } from '../../../src/compute/arm/connection';
import { openDiskTarget } from '../../../src/compute/disks/disk-target';
import { startCloud, type TestCloud } from './support/emulator';
import { blobAt, GROUP } from './support/steps';

jest.mock('../../../local/compute-emulator/data-plane/upload-head', () => {
  const actual = jest.requireActual('../../../local/compute-emulator/data-plane/upload-head');
  return { ...actual, parseUploadHead: jest.fn(actual.parseUploadHead) };
});

const PAGE = 512;
const PAGES = 64;
const SIZE = 1024 * 1024;

/** A request as it goes over the wire, and the status of its answer. */
interface Sent {
  text: string;
  body: Buffer;
  status: number;
  written?: { page: number; bytes: Buffer };
}

describe('uploads of pages', () => {
  let cloud: TestCloud;
  let link: URL;

  beforeAll(async () => {
    cloud = await startCloud({ vms: [] });
    link = new URL(await newDisk('up'));
  });

  afterAll(() => cloud.close());

  async function newDisk(name: string, { client } = cloud): Promise<string> {
    const creationData = { createOption: 'Upload', uploadSizeBytes: SIZE + PAGE };
    await client.disks.createOrUpdate(GROUP, name, { location: 'westeurope', creationData });
    const { accessSAS } = await client.disks.grantAccess(GROUP, name, {
      access: 'Write',
      durationInSeconds: 600,
    });
    return accessSAS ?? '';
  }

  function wire(method: string, headers: Record<string, string>, { url = link, comp = 'comp=page' } = {}) {
    const lines = Object.entries({ Host: url.host, ...headers }).map(([name, value]) => `${name}: ${value}`);
    return `${method} ${url.pathname}${url.search}&${comp} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`;
  }

  function put(page: number, bytes: Buffer, more: Record<string, string> = {}, url = link): string {
    const headers = {
      'x-ms-range': `bytes=${page * PAGE}-${page * PAGE + bytes.length - 1}`,
      'X-Ms-Page-Write': 'update',
      'Content-Length': String(bytes.length),
      ...more,
    };
    return wire('PUT', headers, { url });
  }

  async function opened(): Promise<Socket> {
    const socket = connect(Number(link.port), link.hostname);
    await once(socket, 'connect');
    return socket.setNoDelay(true);
  }

  /**
   * Sends the pieces one after the other, each when the last one is on its way, and reads until the answers
   * end.
   */
  async function exchange(pieces: readonly Buffer[], answers: number): Promise<number[]> {
    const socket = await opened();
    let received = '';
    const statuses = () => [...received.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status));
    socket.on('data', (bytes) => {
      received += bytes.toString('latin1');
      if (statuses().length >= answers) socket.destroy();
    });
    const closed = once(socket, 'close');
    for (const piece of pieces) {
      if (socket.destroyed) break;
      await new Promise((resolve) => socket.write(piece, resolve));
      await new Promise(setImmediate);
    }
    await closed;
    return statuses();
  }

  const upload = fc
    .record({
      page: fc.nat(PAGES - 8),
      pages: fc.integer({ min: 1, max: 8 }),
      fill: fc.integer({ min: 1, max: 255 }),
    })
    .map(({ page, pages, fill }): Sent => {
      const bytes = Buffer.alloc(pages * PAGE, fill);
      return { text: put(page, bytes), body: bytes, status: 201, written: { page, bytes } };
    });
  const others: fc.Arbitrary<Sent> = fc
    .constantFrom<() => Sent>(
      () => ({ text: wire('HEAD', {}, { comp: '' }), body: Buffer.alloc(0), status: 200 }),
      () => ({
        text: put(1, Buffer.alloc(PAGE), { 'x-ms-range': 'bytes=1-512' }),
        body: Buffer.alloc(PAGE),
        status: 400,
      }),
      () => ({
        text: put(1, Buffer.alloc(PAGE), { 'x-ms-range': 'bytes=0-1023' }),
        body: Buffer.alloc(PAGE),
        status: 400,
      }),
      () => ({
        text: put(PAGES, Buffer.alloc(PAGE), { 'x-ms-range': `bytes=${SIZE * 2}-${SIZE * 2 + 511}` }),
        body: Buffer.alloc(PAGE),
        status: 416,
      }),
    )
    .map((make) => make());

  it('are all answered, in order and to the byte, however requests are strung together and cut into pieces', async () => {
    const requests = fc.array(fc.oneof({ weight: 4, arbitrary: upload }, { weight: 1, arbitrary: others }), {
      minLength: 1,
      maxLength: 8,
    });
    const expected = Buffer.alloc(PAGES * PAGE);
    await fc.assert(
      fc.asyncProperty(
        requests,
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 }),
        async (sent, cuts) => {
          const stream = Buffer.concat(
            sent.flatMap(({ text: head, body }) => [Buffer.from(head, 'latin1'), body]),
          );
          const places = [
            0,
            ...cuts.map((cut) => Math.floor(cut * stream.length)).sort((a, b) => a - b),
            stream.length,
          ];
          const pieces = places.slice(1).map((end, index) => stream.subarray(places[index], end));
          const wanted = sent.map(({ status }) => status);
          expect(await exchange(pieces, wanted.length)).toEqual(wanted);
          for (const { written } of sent) written?.bytes.copy(expected, written.page * PAGE);
          const found = await blobAt(link.href).downloadToBuffer(0, expected.length);
          expect(found.equals(expected)).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('leave nothing of a body that broke off', async () => {
    const url = new URL(await newDisk('cut'));
    const socket = await opened();
    socket.write(put(0, Buffer.alloc(8 * PAGE), {}, url));
    await new Promise((resolve) => socket.write(Buffer.alloc(7 * PAGE, 1), resolve));
    socket.destroy();
    await once(socket, 'close');
    await blobAt(url.href).uploadPages(Buffer.alloc(PAGE, 2), 9 * PAGE, PAGE);
    const found = await blobAt(url.href).downloadToBuffer(0, 10 * PAGE);
    expect(found.equals(Buffer.concat([Buffer.alloc(9 * PAGE), Buffer.alloc(PAGE, 2)]))).toBe(true);
  });

  it('leave nothing of a body whose access ended while it was on its way', async () => {
    const url = new URL(await newDisk('late'));
    const footer = Buffer.alloc(PAGE);
    footer.write('conectix');
    await blobAt(url.href).uploadPages(footer, SIZE, PAGE);
    const socket = await opened();
    socket.write(put(0, Buffer.alloc(2 * PAGE), {}, url));
    await new Promise((resolve) => socket.write(Buffer.alloc(PAGE, 1), resolve));
    await cloud.client.disks.revokeAccess(GROUP, 'late');
    socket.end(Buffer.alloc(PAGE, 1));
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 403 .*AuthenticationFailed/s);
    const { sha256 } = await cloud.admin<{ sha256: string }>('GET', '/disks/late/sha256');
    expect(sha256).toBe('30e14955ebf1352266dc2ff8067e68104607e750abb9d3b36582b8af909fcb58');
  });

  it('meet the faults that are set for them', async () => {
    const fault = {
      operation: 'blob.uploadPages',
      effect: { kind: 'refuse', status: 503, code: 'ServerBusy' },
    };
    await cloud.admin('POST', '/faults', fault);
    const bytes = Buffer.alloc(PAGE, 3);
    expect(await exchange([Buffer.from(put(0, bytes)), bytes, Buffer.from(put(0, bytes)), bytes], 2)).toEqual(
      [503, 201],
    );
  });

  it('are refused when a web page sends them', async () => {
    const bytes = Buffer.alloc(PAGE, 3);
    const { host, origin } = { host: 'rebound.example.com', origin: 'https://example.com' };
    expect(await exchange([Buffer.from(put(0, bytes, { Host: host })), bytes], 1)).toEqual([403]);
    expect(await exchange([Buffer.from(put(0, bytes, { origin })), bytes], 1)).toEqual([403]);
  });

  it('are refused with a head that is too long', async () => {
    const bytes = Buffer.alloc(PAGE, 3);
    for (const length of [15_000, 16_384, 40_000]) {
      const head = Buffer.from(put(0, bytes, { 'x-long': 'a'.repeat(length) }));
      expect(await exchange([head, bytes], 1)).toEqual([length < 16_000 ? 201 : 431]);
    }
  });

  it('take the short way when the app or the storage SDK sends them on a connection of their own', async () => {
    const fresh = await startCloud({ vms: [] });
    const { url: endpoint, client } = fresh;
    const compute = connectCompute({ endpoint, allowInsecureLoopback: true, subscriptions: [] });
    const url = await newDisk('short', fresh);
    const diskResourceId = (await client.disks.get(GROUP, 'short')).id ?? '';
    const parse = jest.mocked(parseUploadHead).mockClear();
    await blobAt(url).uploadPages(randomBytes(PAGE), 0, PAGE);
    await (await openDiskTarget(compute, { diskResourceId, sizeBytes: SIZE })).write(
      PAGE,
      randomBytes(2 * PAGE),
    );
    const lengths = parse.mock.results.map(({ value }) => value?.length);
    expect(lengths).toEqual(expect.arrayContaining([PAGE, 2 * PAGE]));
    compute.dataPlane.close();
    await fresh.close();
  });
});
