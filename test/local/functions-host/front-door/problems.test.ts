import type { Host } from '../../../../local/functions-host';
import { runHost } from '../support/hosts';
import { ask, sendText } from '../support/raw-request';

/** Whatever the host itself refuses or fails at is told in a problem document. */

let host: Host;
let locked: Host;
beforeAll(async () => {
  host = await runHost('front-app');
  locked = await runHost('front-app', { auth: true });
});

const problemIn = (text: string, status: number) => {
  const document = JSON.parse(text);
  expect(document).toMatchObject({
    status,
    code: expect.any(String),
    title: expect.any(String),
    detail: expect.any(String),
    remedy: expect.any(String),
  });
  return document;
};

test.each([
  ['a path that cannot be decoded', 'GET', '/v1/show/%zz', 400],
  ['a path that is no UTF-8', 'GET', '/v1/show/%ff', 400],
  ['a route that nobody registered', 'GET', '/v1/nothing', 404],
  ['an address outside the prefix', 'GET', '/nothing', 404],
  ['a method that the route has not', 'DELETE', '/v1/show', 404],
  ['a method that nothing has', 'PATCH', '/v1/show', 404],
  ['a function that throws', 'GET', '/v1/throws', 500],
  ['an admin address that is none', 'GET', '/admin/nothing', 404],
  ['an admin method that is none', 'DELETE', '/admin/functions', 404],
  ['a function that is none', 'POST', '/admin/functions/nobody', 404],
  ['a function that cannot be run', 'POST', '/admin/functions/orchestrated', 400],
])('%s: %s %s', async (_what, method, path, status) => {
  const answer = await ask(`${host.url}${path}`, method, {});
  expect(answer.status).toBe(status);
  expect(answer.headers['content-type']).toBe('application/problem+json');
  problemIn(answer.text, status);
});

test.each(['/v1/locked', '/v1/masters', '/admin/host/status', '/runtime/webhooks/durabletask/instances'])(
  'a missing key: %s',
  async (path) => {
    const answer = await ask(`${locked.url}${path}`, 'GET', {});
    expect(answer.status).toBe(401);
    expect(problemIn(answer.text, 401).code).toBe('KeyMissing');
  },
);

test('an answer of the app goes out as it is', async () => {
  const answer = await fetch(`${host.url}/v1/rich`);
  expect(answer.status).toBe(418);
  expect((await answer.arrayBuffer()).byteLength).toBe(3);
});

test('a long path is quoted once, and cut', async () => {
  const { text } = await ask(`${host.url}/v1/unheard-of${'x'.repeat(8000)}`, 'GET', {});
  expect(text.split('unheard-of')).toHaveLength(2);
  expect(text.length).toBeLessThan(500);
});

test.each(['nothing', 'instances/nobody', 'entities/counter/a'])(
  'the durable API says as little of what is not there as the extension: %s',
  async (path) => {
    const answer = await ask(`${host.url}/runtime/webhooks/durabletask/${path}`, 'GET', {});
    expect([answer.status, answer.text, answer.headers['content-type']]).toEqual([404, '', undefined]);
  },
);

test.each([
  ['what is no HTTP', 'hello\r\n\r\n', 400, 'RequestMalformed'],
  ['a request without a host', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n', 403, 'WebPageRefused'],
  [
    'two lengths',
    'GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
    400,
    'RequestMalformed',
  ],
  [
    'an address that is too long',
    `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
    431,
    'HeadersTooLarge',
  ],
])('%s', async (_what, sent, status, code) => {
  const answer = await sendText(host.url, sent);
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(problemIn(answer.slice(answer.indexOf('\r\n\r\n')), status as number).code).toBe(code);
  expect(answer).toContain('application/problem+json');
});
