import { once } from 'node:events';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { apiClient } from '../../client/api-client';
import { ApiProblem, RequestFailed } from '../../client/request-failed';
import { loopbackServer } from '../support/loopback-server';

/** What reaches a server that answers as each test says. */
interface Seen {
  method?: string;
  url?: string;
  headers: IncomingMessage['headers'];
  body: string;
}

let server: Server;
let base: string;
let seen: Seen[];
/** Requests whose connection is cut before they are answered. */
let cuts: number;
/** Undefined: it never answers. */
let answer: { status: number; type?: string; body?: string } | undefined;

beforeAll(async () => {
  server = loopbackServer(async (request, response) => {
    let body = '';
    for await (const text of request) body += text;
    seen.push({ method: request.method, url: request.url, headers: request.headers, body });
    if (cuts-- > 0) {
      request.socket.destroy();
      return;
    }
    if (!answer) return;
    response.writeHead(answer.status, answer.type ? { 'content-type': answer.type } : {});
    response.end(answer.body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`;
});
beforeEach(() => {
  seen = [];
  cuts = 0;
  answer = { status: 200, type: 'application/json', body: '{}' };
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const failureOf = (sent: Promise<unknown>): Promise<RequestFailed> =>
  sent.then(
    () => undefined,
    (error) => error,
  );

describe('a request', () => {
  it('puts what is asked into the path, the query and the body, and leaves out what is undefined', async () => {
    const api = apiClient(`${base}/`);
    await api.listJobs({ vm: 'a-1', from: '2026-03-01T02:00:00+01:00', limit: 5, after: undefined });
    await api.deleteProtection({ vm: 'a/b c', data: 'delete' });
    await api.startBackup({ vm: 'a', body: { retentionDays: 7 } });
    await api.listVms();
    expect(seen.map(({ method, url, body }) => [method, url, body])).toEqual([
      ['GET', '/api/jobs?vm=a-1&from=2026-03-01T02%3A00%3A00%2B01%3A00&limit=5', ''],
      ['DELETE', '/api/vms/a%2Fb%20c/protection?data=delete', ''],
      ['POST', '/api/vms/a/backups', '{"retentionDays":7}'],
      ['GET', '/api/vms', ''],
    ]);
    expect(seen.map(({ headers }) => headers['content-type'])).toEqual([
      undefined,
      undefined,
      'application/json',
      undefined,
    ]);
  });

  it('carries the function key and the headers that its operation heeds', async () => {
    const api = apiClient(base, { functionKey: 's3cret' });
    await api.startVerification({ point: 'p' }, { headers: { 'Idempotency-Key': 'k' } });
    await apiClient(base).health();
    expect(seen.map(({ headers }) => [headers['x-functions-key'], headers['idempotency-key']])).toEqual([
      ['s3cret', 'k'],
      [undefined, undefined],
    ]);
  });

  it.each(['client', 'request'])('is given up when its %s is', async (which) => {
    answer = undefined;
    const [all, one] = [new AbortController(), new AbortController()];
    const asked = once(server, 'request');
    const sent = failureOf(apiClient(base, { signal: all.signal }).listVms({}, { signal: one.signal }));
    await asked;
    (which === 'client' ? all : one).abort();
    expect(await sent).toMatchObject({ name: 'AbortError' });
  });

  it('fails with the problem document of the API', async () => {
    const known = { status: 409, code: 'JobIsOver', title: 'T', detail: 'D', remedy: 'R' };
    const problem = { ...known, job: 'j' };
    answer = { status: 409, type: 'application/problem+json', body: JSON.stringify(problem) };
    const failure = await failureOf(apiClient(base).cancelJob({ job: 'j' }));
    expect(failure).toBeInstanceOf(ApiProblem);
    expect(failure).toMatchObject({
      name: 'ApiProblem',
      message: 'D',
      document: problem,
      ...known,
    });
  });

  it.each([
    ['nothing', { status: 401 }, { status: 401, code: undefined, message: 'GET {base}/vms: 401' }],
    [
      'a page',
      { status: 502, type: 'text/html', body: '<p>Bad gateway' },
      { status: 502, message: 'GET {base}/vms: 502 <p>Bad gateway' },
    ],
    [
      'an error of Azure',
      { status: 429, type: 'application/json', body: '{"error":{"code":"TooMany","message":"Wait."}}' },
      { status: 429, code: 'TooMany', message: 'Wait.' },
    ],
    [
      'an error without words',
      { status: 500, type: 'application/json', body: '{}' },
      { status: 500, message: 'GET {base}/vms: 500' },
    ],
  ])('fails with what there is when somebody else answers: %s', async (_, given, expected) => {
    answer = given;
    const failure = await failureOf(apiClient(base).listVms());
    expect(failure).not.toBeInstanceOf(ApiProblem);
    expect(failure).toBeInstanceOf(RequestFailed);
    expect(failure).toMatchObject({ ...expected, message: expected.message.replace('{base}', base) });
  });
});

describe('a request whose connection is cut before an answer', () => {
  const keys = () => seen.map(({ headers }) => headers['idempotency-key']);

  it('is sent again under the same key, so that nothing starts twice', async () => {
    cuts = 1;
    await apiClient(base).startBackup({ vm: 'a' });
    expect(keys()).toEqual([expect.stringMatching(/^[\da-f-]{36}$/), keys()[0]]);
  });

  it('has a key of its own, or the one that it was given, where the operation heeds one', async () => {
    const api = apiClient(base);
    await api.startBackup({ vm: 'a' });
    await api.startBackup({ vm: 'a' });
    await api.cancelJob({ job: 'job-1' });
    await api.startMaintenance({}, { headers: { 'Idempotency-Key': 'mine' } });
    expect(new Set(keys()).size).toBe(4);
    expect(keys().at(-1)).toBe('mine');
  });

  it('needs no key when it may be repeated anyway', async () => {
    cuts = 1;
    await apiClient(base).getJob({ job: 'job-1' });
    expect(keys()).toEqual([undefined, undefined]);
  });

  it('is not sent again where a repeat could do something twice', async () => {
    cuts = 1;
    await expect(apiClient(base).undeleteRecoveryPoint({ point: 'p' })).rejects.toThrow('fetch failed');
    expect(seen).toHaveLength(1);
  });
});
