import type { Host } from '../../../../local/functions-host';
import { runHost } from '../support/hosts';
import { ask, askWithHeadAlone, sendWithoutEnd } from '../support/raw-request';

/** How much of a body is read, and how much is not. */

const MOST = 1000;
const LONG = 'x'.repeat(MOST + 1);
let host: Host;
beforeAll(async () => {
  host = await runHost('front-app', {
    environment: { ...process.env, FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: String(MOST) },
  });
});

const BODIES_ARE_READ_AT = [
  '/v1/show',
  '/admin/functions/noted',
  '/runtime/webhooks/durabletask/orchestrators/orchestrated',
];

test.each(BODIES_ARE_READ_AT)(
  'a body beyond the limit is refused before any of it has come: %s',
  async (path) => {
    const headers = { 'content-length': String(600 * 1024 * 1024), 'content-type': 'application/json' };
    const { status, text } = await askWithHeadAlone(`${host.url}${path}`, 'POST', headers);
    expect(status).toBe(413);
    expect(JSON.parse(text)).toMatchObject({ status: 413, code: 'BodyTooLarge' });
  },
);

test.each(BODIES_ARE_READ_AT.slice(1))(
  'a body that grows beyond the limit is read no further: %s',
  async (path) => {
    const headers = { 'content-type': 'application/json' };
    const { status } = await ask(`${host.url}${path}`, 'POST', headers, [LONG, LONG]);
    expect(status).toBe(413);
  },
);

test('without a setting the limit is that of Azure Functions', async () => {
  const plain = await runHost('front-app');
  const asked = (length: number) =>
    askWithHeadAlone(`${plain.url}/v1/show`, 'POST', { 'content-length': String(length) });
  expect((await asked(104_857_601)).status).toBe(413);
});

test('a client that sends all of its body before it reads gets its answer, and its connection stays', async () => {
  const body = 'x'.repeat(2 * 1024 * 1024);
  const answer = await fetch(`${host.url}/v1/show`, { method: 'POST', body });
  expect(answer.status).toBe(413);
});

test.each(['/v1/nothing', '/v1/unnamed', '/admin/functions/noted'])(
  'a body without an end is not read for ever: %s',
  async (path) => {
    await sendWithoutEnd(
      host.url,
      `POST ${path} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n`,
    );
    expect((await fetch(`${host.url}/v1/unnamed`)).status).toBe(200);
  },
);

test('a limit that is no number is refused at the start', async () => {
  const environment = { ...process.env, FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: 'much' };
  await expect(runHost('front-app', { environment })).rejects.toThrow('FUNCTIONS_REQUEST_BODY_SIZE_LIMIT');
});
