import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Notification, notify, signatureOf } from '../../src/notifications/notification';
import { loopbackServer } from '../support/loopback-server';

const SECRET = 'a secret of the test';
const NOTIFICATION: Notification = {
  event: 'jobFailed',
  subject: 'job-1',
  occasion: 'job-1',
  time: '2026-03-01T02:00:00Z',
  message: 'It failed.',
  data: { vm: 'web' },
};

let server: Server;
let received: { headers: IncomingMessage['headers']; body: string }[];
let answers: number[];
beforeEach(async () => {
  received = [];
  answers = [];
  server = loopbackServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += piece;
    received.push({ headers: request.headers, body });
    response.writeHead(answers.shift() ?? 204).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => server.close());

const webhook = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
function logged() {
  const lines: string[] = [];
  return { lines, log: { warn: (line: string) => void lines.push(line) } };
}

test('the log is told under a stable id, whether or not there is a webhook', async () => {
  const { lines, log } = logged();
  await notify({}, log, NOTIFICATION);
  expect(lines).toEqual(['DVB1001 backup.job.failed job-1: It failed.']);
});

test('the webhook gets a signed CloudEvent', async () => {
  await notify({ notifications: { webhook: webhook(), secret: SECRET } }, logged().log, NOTIFICATION);
  const [{ headers, body }] = received as [(typeof received)[0]];
  expect(headers['content-type']).toBe('application/cloudevents+json');
  expect(headers['x-signature-256']).toBe(signatureOf(SECRET, body));
  expect(JSON.parse(body)).toMatchObject({
    specversion: '1.0',
    id: 'DVB1001-job-1',
    type: 'backup.job.failed',
    subject: 'job-1',
    data: { code: 'DVB1001', vm: 'web' },
  });
});

test('a receiver that stumbles is asked again; one that refuses for good fails nothing', async () => {
  const settings = { notifications: { webhook: webhook(), secret: SECRET } };
  answers = [500, 204];
  await notify(settings, logged().log, NOTIFICATION);
  expect(received).toHaveLength(2);
  answers = [500, 500, 500];
  const { lines, log } = logged();
  await notify(settings, log, NOTIFICATION);
  expect(lines.at(-1)).toMatch(/did not take DVB1001: it answered 500/);
});
