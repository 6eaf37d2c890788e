import type { Host } from '../../../../local/functions-host';
import { runHost } from '../support/hosts';
import { ask } from '../support/raw-request';

/** A page that somebody looks at while the host runs must not be able to use it. */

let host: Host;
let port: string;
beforeAll(async () => {
  host = await runHost('front-app');
  ({ port } = new URL(host.url));
});

const ROUTES = [
  ['GET', '/v1/unnamed'],
  ['POST', '/v1/show'],
  ['OPTIONS', '/v1/show'],
  ['POST', '/admin/functions/noted'],
  ['GET', '/admin/host/status'],
  ['GET', '/runtime/webhooks/durabletask/instances'],
  ['POST', '/runtime/webhooks/durabletask/orchestrators/orchestrated'],
  ['GET', '/rpc/guess/instances'],
  ['GET', '/nowhere'],
  ['GET', '/'],
];

describe.each(ROUTES)('%s %s', (method, path) => {
  const body = method === 'POST' ? '{"input":"from a page"}' : '';
  const from = (headers: Record<string, string>) =>
    ask(`${host.url}${path}`, method as string, { ...headers, 'content-length': String(body.length) }, [
      body,
    ]);

  test.each([
    ['a page of another site', { origin: 'http://evil.example' }],
    ['a page without an address', { origin: 'null' }],
    ['a page of another program on this machine', { origin: 'http://127.0.0.1:1' }],
    ['a name that was made to point here', { host: 'evil.example' }],
    ['a name that begins like ours', { host: 'localhost.evil.example' }],
  ])('is closed to %s', async (_who, headers) => {
    const { status, headers: answered, text } = await from(headers);
    expect(status).toBe(403);
    expect(answered['content-type']).toBe('application/problem+json');
    expect(JSON.parse(text)).toMatchObject({ status: 403, code: 'WebPageRefused' });
  });

  test('is open to programs, and to pages of the host itself', async () => {
    for (const headers of [
      {},
      { host: `localhost:${port}` },
      { origin: host.url },
      { host: `localhost:${port}`, origin: `http://localhost:${port}` },
    ] as Record<string, string>[]) {
      expect((await from(headers)).status).not.toBe(403);
    }
  });
});

test('what was refused was not done', async () => {
  const fresh = await runHost('front-app');
  const origin = 'http://evil.example';
  await ask(`${fresh.url}/admin/functions/noted`, 'POST', { origin }, ['{"input":"1"}']);
  const start = `${fresh.url}/runtime/webhooks/durabletask/orchestrators/orchestrated`;
  await ask(start, 'POST', { origin }, ['{}']);
  expect(await (await fetch(`${fresh.url}/v1/ran`)).json()).toEqual([]);
  expect(fresh.client.list({}, 10)).toEqual([]);
});
