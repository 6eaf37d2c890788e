import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { json } from 'node:stream/consumers';
import { type RunningApp, startRunningApp } from '../support/running-app';

/** What a body has to say before it is read, over real connections to the running app. */

let app: RunningApp;
beforeAll(async () => {
  app = await startRunningApp([]);
});
afterAll(() => app.stop());

function begin(method: string, route: string, headers: Record<string, string> = {}): ClientRequest {
  return request(`${app.host.url}/api/${route}`, { method, headers });
}

async function answerTo(asked: ClientRequest) {
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  const body = (await json(answer)) as Record<string, unknown>;
  asked.destroy();
  return { status: answer.statusCode, type: answer.headers['content-type'], body };
}

const jobs = async () => (await app.call('GET', 'jobs')).body.jobs as unknown[];

test('a body that comes without its length starts nothing and is asked for its length', async () => {
  const asked = begin('POST', 'maintenance');
  asked.write('{"dryRun":');
  asked.end(' true}');
  expect(await answerTo(asked)).toMatchObject({
    status: 411,
    type: 'application/problem+json',
    body: { status: 411, code: 'LengthRequired', remedy: expect.stringContaining('Content-Length') },
  });
  expect(await jobs()).toEqual([]);
});

test.each(['GET', 'DELETE'])('%s with such a body is refused as well', async (method) => {
  const asked = begin(method, 'policies/daily', { 'transfer-encoding': 'chunked' });
  asked.end('{}');
  expect((await answerTo(asked)).body.code).toBe('LengthRequired');
});

test('a body beyond the bound is refused with 413 and starts nothing', async () => {
  const asked = begin('POST', 'maintenance', { 'content-length': String(64 * 1024 + 1) });
  asked.end(' '.repeat(64 * 1024 + 1));
  expect(await answerTo(asked)).toMatchObject({
    status: 413,
    type: 'application/problem+json',
    body: { status: 413, code: 'BodyTooLarge' },
  });
  expect(await jobs()).toEqual([]);
});

test('no body and no length is right where the body is optional', async () => {
  const asked = begin('POST', 'maintenance');
  asked.removeHeader('transfer-encoding');
  asked.useChunkedEncodingByDefault = false;
  asked.end();
  const { status, body } = await answerTo(asked);
  expect(status).toBe(202);
  await app.jobEnds(body.job as string);
});

test('a policy is refused with all its faults at once', async () => {
  const policy = {
    schedule: { frequency: 'daily', times: ['25:00'], timeZone: 'Mars/Base', colour: 'red' },
    retention: { daily: 0 },
    instantRestoreDays: 31,
    '<b>bold</b>': true,
  };
  const { status, body } = await app.call('PUT', 'policies/gold', policy);
  expect(status).toBe(400);
  expect(body.field).toBe('schedule.times.0');
  expect(body.faults.map(({ field }: { field: string }) => field)).toEqual([
    'schedule.times.0',
    'schedule.timeZone',
    'schedule.colour',
    'retention.daily',
    'instantRestoreDays',
    '<b>bold</b>',
  ]);
});
