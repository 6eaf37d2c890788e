import { request as httpRequest } from 'node:http';
import type { Host } from '../../../../local/functions-host';
import { begin, runHost, until } from '../support/hosts';

// The HTTP front, named after the rows of the tables of routes, keys and admin endpoints.

describe('routes', () => {
  let host: Host;
  beforeAll(async () => {
    host = await runHost('front-app');
  });
  const get = (path: string, init?: RequestInit) => fetch(`${host.url}${path}`, init);
  const show = async (path: string, init?: RequestInit) =>
    (await (await get(path, init)).json()) as Record<string, unknown>;

  test('the prefix of host.json; a path without it is 404', async () => {
    expect((await get('/v1/unnamed')).status).toBe(200);
    expect((await get('/api/unnamed')).status).toBe(404);
    expect((await get('/unnamed')).status).toBe(404);
  });

  test('a function without a route answers under its name, in any case', async () => {
    expect(await (await get('/v1/UNNAMED')).text()).toBe('by its name');
  });

  test('a method that a route does not have is 404, not 405; without methods a function has GET and POST', async () => {
    expect((await get('/v1/only')).status).toBe(404);
    expect((await get('/v1/only', { method: 'PUT' })).status).toBe(201);
    expect((await get('/v1/unnamed', { method: 'POST' })).status).toBe(200);
    expect((await get('/v1/unnamed', { method: 'DELETE' })).status).toBe(404);
  });

  test('the first registered match wins; a constraint that is not met passes on', async () => {
    expect(await (await get('/v1/twice/7')).text()).toBe('number');
    expect(await (await get('/v1/twice/x')).text()).toBe('text');
  });

  test('a function that returns nothing answers 204; one that throws 500, with nothing of what it threw', async () => {
    expect((await get('/v1/silent')).status).toBe(204);
    const thrown = await get('/v1/throws');
    expect(thrown.status).toBe(500);
    expect(await thrown.text()).not.toContain('no luck');
  });

  test('method, URL, parameters, query, headers and body arrive; repeated query keys are joined with commas', async () => {
    const seen = await show('/v1/show/a%20b?x=1&y=2&x=3', {
      method: 'POST',
      body: 'höla',
      headers: { 'x-test': 'h' },
    });
    expect(seen).toEqual({
      method: 'POST',
      url: `${host.url}/v1/show/a%20b?x=1&y=2&x=3`,
      params: { id: 'a b' },
      query: { x: '1,3', y: '2' },
      header: 'h',
      text: 'höla',
      user: null,
    });
  });

  test('a body without a known length is not read', async () => {
    const text = await new Promise<string>((resolve, reject) => {
      const request = httpRequest(`${host.url}/v1/show`, { method: 'POST' }, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (part) => (body += part));
        response.on('end', () => resolve(JSON.parse(body).text));
      });
      request.on('error', reject);
      request.write('chunked');
      request.end();
    });
    expect(text).toBe('');
  });

  test('x-ms-client-principal feeds request.user', async () => {
    const principal = { userId: 'u', identityProvider: 'p', userDetails: 'ann', userRoles: [] };
    const header = Buffer.from(JSON.stringify(principal)).toString('base64');
    expect(await show('/v1/show', { headers: { 'x-ms-client-principal': header } })).toMatchObject({
      user: 'ann',
    });
  });

  test('status, headers, bytes and cookies come back', async () => {
    const response = await get('/v1/rich');
    expect(response.status).toBe(418);
    expect(response.headers.get('x-a')).toBe('1');
    expect(response.headers.getSetCookie()).toEqual([
      'c=v%201; Path=/; Max-Age=5; Secure; HttpOnly; SameSite=Strict',
    ]);
    expect([...new Uint8Array(await response.arrayBuffer())]).toEqual([0, 1, 255]);
  });

  test('a path that is no URL text is 400', async () => {
    expect((await get('/v1/show/%zz')).status).toBe(400);
  });

  test('idle connections are left to their clients: no answer names a limit', async () => {
    for (const path of ['/v1/unnamed', '/admin/host/status', '/runtime/webhooks/durabletask/instances']) {
      const { headers } = await get(path);
      expect(headers.get('connection')).toBe('keep-alive');
      expect(headers.get('keep-alive')).toBeNull();
    }
  });

  test('without --auth every key level is open', async () => {
    expect((await get('/v1/locked')).status).toBe(200);
    expect((await get('/v1/masters')).status).toBe(200);
    expect((await get('/admin/host/status')).status).toBe(200);
  });
});

describe('keys, with --auth', () => {
  let host: Host;
  beforeAll(async () => {
    host = await runHost('front-app', { auth: true });
  });
  const status = async (path: string, key?: string, method = 'GET') => {
    const headers: Record<string, string> = key ? { 'x-functions-key': key } : {};
    const response = await fetch(`${host.url}${path}`, { method, headers });
    await response.arrayBuffer();
    return response.status;
  };

  test('anonymous needs none; a wrong or missing key is 401', async () => {
    expect(await status('/v1/unnamed')).toBe(200);
    expect(await status('/v1/locked')).toBe(401);
    expect(await status('/v1/locked', 'wrong')).toBe(401);
  });

  test('level function: the key of the function, the host key and the master key', async () => {
    expect(await status('/v1/locked', host.keys.functionKey('locked'))).toBe(200);
    expect(await status('/v1/locked', host.keys.host())).toBe(200);
    expect(await status('/v1/locked', host.keys.master())).toBe(200);
    expect(await status('/v1/locked', host.keys.functionKey('masters'))).toBe(401);
  });

  test('level admin and the admin API: the master key alone', async () => {
    for (const path of ['/v1/masters', '/admin/host/status']) {
      expect(await status(path, host.keys.host())).toBe(401);
      expect(await status(path, host.keys.master())).toBe(200);
    }
  });

  test('the header comes before ?code=', async () => {
    expect(await status(`/v1/locked?code=${host.keys.host()}`)).toBe(200);
    expect(await status(`/v1/locked?code=${host.keys.host()}`, 'wrong')).toBe(401);
  });

  test('the durable API wants its system key, which the links carry; the SDK gets in without', async () => {
    const path = '/runtime/webhooks/durabletask/instances';
    expect(await status(path)).toBe(401);
    expect(await status(path, host.keys.host())).toBe(401);
    expect(await status(`${path}?code=${host.keys.durable()}`)).toBe(200);
    expect(await status('/rpc/guess/instances')).toBe(404);
    const app = await runHost('basic-app', { auth: true });
    const started = await fetch(`${app.url}/api/start/child/k1`, { method: 'POST', body: '{"n":1}' });
    const { statusQueryGetUri } = (await started.json()) as { statusQueryGetUri: string };
    expect(statusQueryGetUri).toContain(`code=${app.keys.durable()}`);
    expect((await fetch(statusQueryGetUri)).status).toBeLessThan(300);
  });
});

describe('admin', () => {
  let host: Host;
  beforeAll(async () => {
    host = await runHost('front-app');
  });
  const post = async (name: string, body: string) =>
    (await fetch(`${host.url}/admin/functions/${name}`, { method: 'POST', body })).status;
  const ran = async () => (await (await fetch(`${host.url}/v1/ran`)).json()) as Record<string, unknown>[];
  const untilRan = async (count: number) => {
    for (;;) {
      const seen = await ran();
      if (seen.length >= count) return seen;
    }
  };

  test('POST /admin/functions/{name}: 202 and the function runs; a timer is not past due', async () => {
    expect(await post('nightly', '{"input":""}')).toBe(202);
    expect(await untilRan(1)).toEqual([
      expect.objectContaining({ isPastDue: false, schedule: { adjustForDST: true } }),
    ]);
    expect(await post('NOTED', '{"input":"{\\"a\\":1}"}')).toBe(202);
    expect((await untilRan(2))[1]).toEqual({ activity: { a: 1 } });
  });

  test('404 for an unknown function, 400 for a bad body or an orchestrator', async () => {
    expect(await post('nobody', '{"input":""}')).toBe(404);
    expect(await post('nightly', 'no json')).toBe(400);
    expect(await post('nightly', '{"input":5}')).toBe(400);
    expect(await post('orchestrated', '{"input":""}')).toBe(400);
  });

  test('GET describes the functions and the host', async () => {
    const get = async (path: string) => (await fetch(`${host.url}/admin/${path}`)).json();
    expect(await get('functions')).toContainEqual(
      expect.objectContaining({ name: 'nightly', language: 'node' }),
    );
    expect(await get('functions/nightly')).toMatchObject({ name: 'nightly' });
    expect(await get('functions/nightly/status')).toEqual({});
    expect(await get('host/status')).toMatchObject({ state: 'Running' });
    expect((await fetch(`${host.url}/admin/host/ping`)).status).toBe(200);
  });

  test('durable functions are in the same registry', async () => {
    const id = begin(host, 'orchestrated');
    expect((await until(host, id)).runtimeStatus).toBe('Completed');
  });
});
