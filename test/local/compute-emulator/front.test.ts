import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { MIB, startCloud, type TestCloud } from './support/emulator';
import { createCollection, diskPoint, GROUP, vmOf } from './support/steps';

const image = randomBytes(MIB);
const AZURES_NAME = 'md-impexp-k2x4s0.z12.blob.storage.azure.net';

/** What clients of all kinds send, as it comes over the wire. */
describe('the front of the emulator', () => {
  let cloud: TestCloud;
  let link: URL;
  beforeAll(async () => {
    const vm = vmOf('Linux', { disks: [{ lun: -1, image: 'os.img' }] });
    cloud = await startCloud({ vms: [vm] }, { 'os.img': image });
    await createCollection(cloud);
    await cloud.client.restorePoints.create(GROUP, 'vm-1', 'p', {});
    const disk = await diskPoint(cloud, 'p');
    const asked = { access: 'Read', durationInSeconds: 3600 };
    const { accessSAS } = await cloud.client.diskRestorePoint.grantAccess(GROUP, 'vm-1', 'p', disk, asked);
    link = new URL(accessSAS as string);
  });
  afterAll(() => cloud.close());

  async function ask(method: string, path: string, headers: Record<string, string> = {}, body = '') {
    const asked = request(`${cloud.url}${path}`, { method, headers, setHost: headers.host === undefined });
    asked.on('error', () => undefined);
    if (body === '' && headers['content-length'] !== undefined) asked.flushHeaders();
    else asked.end(body);
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    const bytes = await buffer(answer);
    asked.destroy();
    return { status: answer.statusCode, headers: answer.headers, bytes };
  }

  const pathAsOneName = () => `/${link.pathname.slice(1).replaceAll('/', '%2F')}${link.search}`;
  const blobAsOneName = () => link.pathname.replace(/\/([^/]+)$/, '%2F$1') + link.search;

  it('gives a disk to a client that encodes the slashes of its path', async () => {
    for (const path of [pathAsOneName(), blobAsOneName()]) {
      const { status, bytes } = await ask('GET', path, { 'x-ms-range': 'bytes=512-1023' });
      expect(status).toBe(206);
      expect(bytes).toEqual(image.subarray(512, 1024));
    }
  });

  it("gives a disk under Azure's own name of its endpoint", async () => {
    for (const host of [AZURES_NAME, `${AZURES_NAME}:8080`, 'md-0abc.blob.core.windows.net']) {
      const { status, bytes } = await ask('GET', blobAsOneName(), { host, 'x-ms-range': 'bytes=0-511' });
      expect(status).toBe(206);
      expect(bytes).toEqual(image.subarray(0, 512));
      expect((await ask('HEAD', `${link.pathname}${link.search}`, { host })).status).toBe(200);
    }
  });

  it.each([
    ['GET', '/emulator/state', { host: AZURES_NAME }],
    ['GET', '/subscriptions?api-version=1', { host: AZURES_NAME }],
    ['GET', '/emulator/state', { host: 'evil.example' }],
    ['GET', '/md-1/x/abcd', { host: 'evil.example' }],
    ['GET', '/md-1/x/abcd', { host: 'md-1.blob.storage.azure.net.evil.example' }],
    ['GET', '/md-1/x/abcd', { host: AZURES_NAME, origin: 'http://evil.example' }],
    ['POST', '/emulator/faults', { origin: 'http://evil.example' }],
  ])('is closed to web pages: %s %s %j', async (method, path, headers) => {
    const { status, bytes } = await ask(method, path, headers as Record<string, string>);
    expect(status).toBe(403);
    expect(JSON.parse(bytes.toString()).error.code).toBe('WebPageRefused');
  });

  it.each([
    ['a signature that is wrong', '/md-1/x/abcd?sig=no', {}, 403, 'AuthenticationFailed'],
    ['a host that is another', '/md-1/x/abcd', { host: 'evil.example' }, 403, 'WebPageRefused'],
    ['an address that cannot be decoded', '/md-1/%zz', {}, 400, 'InvalidUri'],
    ['an endpoint of the control plane', '/nothing?api-version=1', {}, 404, undefined],
  ])('tells HEAD by headers alone of %s', async (_what, path, headers, status, code) => {
    const answer = await ask('HEAD', path, headers as Record<string, string>);
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toBeUndefined();
    expect(Number(answer.headers['content-length'] ?? 0)).toBe(0);
    if (code !== undefined) expect(answer.headers['x-ms-error-code']).toBe(code);
  });

  it('still says in a body what GET was refused for', async () => {
    const { headers, bytes } = await ask('GET', '/md-1/x/abcd?sig=no');
    expect(headers).toMatchObject({
      'content-type': 'application/xml',
      'x-ms-error-code': 'AuthenticationFailed',
    });
    expect(bytes.toString()).toContain('<Code>AuthenticationFailed</Code>');
  });

  it.each([
    ['PATCH', '/emulator/settings', 'body-too-large'],
    ['PUT', '/subscriptions/x?api-version=1', 'RequestContentTooLarge'],
  ])('refuses a body that is too large before any of it has come: %s %s', async (method, path, code) => {
    const { status, bytes } = await ask(method, path, { 'content-length': String(600 * MIB) });
    expect(status).toBe(413);
    expect(JSON.parse(bytes.toString()).error.code).toBe(code);
  });

  it.each(['/emulator/settings', '/subscriptions/x?api-version=1', '/md-1/x/abcd?comp=page', '/md-1/%zz'])(
    'does not read a body without an end for ever: %s',
    async (path) => {
      const socket = connect(Number(new URL(cloud.url).port), '127.0.0.1');
      const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
      const pump = () => {
        while (socket.write(chunk));
      };
      socket.on('error', () => undefined);
      socket.on('drain', pump);
      socket.resume();
      socket.write(`PUT ${path} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n`);
      pump();
      await new Promise((resolve) => socket.once('close', resolve));
      await cloud.admin('GET', '/settings');
    },
  );
});
