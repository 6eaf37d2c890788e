import { mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { jumpingClock } from '../../../local/functions-host';
import { signatureOf } from '../../../src/notifications/notification';
import { type BlobService, startBlobService } from '../../simulation/support/blob-service';
import { cloudSettings } from '../../simulation/support/cloud-settings';
import { type SimulatedApp, startSimulatedApp } from '../../simulation/support/simulated-app';
import { type SimulatedAzure, startSimulatedAzure } from '../../simulation/support/simulated-azure';
import { loopbackServer } from '../../support/loopback-server';
import { emulatedAzure } from '../support/emulated-azure';

/**
 * Days of a VM whose backups fail, in the compiled app with a clock that jumps: whoever watches hears of it.
 */
const HOUR = 3_600_000;
const SECRET = 'a secret of some length';
const START = Date.parse('2026-03-01T12:00:00Z');

interface Event {
  id: string;
  type: string;
  subject: string;
  data: Record<string, unknown>;
}

const clock = jumpingClock(START);
const heard: { event: Event; signed: boolean }[] = [];
let webhook: Server;
let folder: string;
let blobs: BlobService;
let azure: SimulatedAzure;
let app: SimulatedApp;
let vm: string;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'missed-'));
  webhook = loopbackServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const body = Buffer.concat(pieces).toString('utf8');
    const signed = request.headers['x-signature-256'] === signatureOf(SECRET, body);
    heard.push({ event: JSON.parse(body), signed });
    response.end();
  });
  await new Promise<void>((resolve) => webhook.listen(0, '127.0.0.1', resolve));
  const now = () => new Date(clock.now());
  blobs = await startBlobService(now);
  azure = await startSimulatedAzure(path.join(folder, 'azure'), now);
  await azure.add([{ name: 'web', os: 'Linux', policy: 'daily' }]);
  app = await startSimulatedApp({
    clock,
    stateDir: path.join(folder, 'host'),
    settings: {
      ...cloudSettings(blobs, azure),
      NotificationWebhook: `http://127.0.0.1:${(webhook.address() as AddressInfo).port}/`,
      NotificationSecret: SECRET,
    },
  });
  await app.tick('scheduler');
  vm = (await app.call<{ vms: { key: string }[] }>('GET', 'vms')).body.vms[0]!.key;
});
afterAll(async () => {
  await app.close();
  await azure.close();
  await blobs.close();
  webhook.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Ticks at this time, twice: a second look tells nothing again. Answers what was heard of. */
async function tickAt(time: string): Promise<Event[]> {
  const before = heard.length;
  clock.jump(Date.parse(time) - clock.now());
  await app.tick('scheduler');
  clock.jump(HOUR / 4);
  await app.tick('scheduler');
  return heard.slice(before).map(({ event }) => event);
}
const missedOf = (events: Event[]) => events.filter(({ type }) => type === 'backup.missed');

test('a VM whose backups fail is told as missed once for each due time that passes, and no more once it has a point', async () => {
  const emulated = emulatedAzure(azure.url, azure.subscriptionId, 'fleet');
  const effect = { kind: 'refuse', status: 403, code: 'AuthorizationFailed', message: 'No.' };
  await emulated.fault('restorePointCollections.*', effect, null);

  // The first due time fails: that is a failed job, and not yet a missed VM.
  const first = await tickAt('2026-03-02T03:00:00Z');
  expect(first.map(({ type }) => type)).toEqual(['backup.job.failed']);

  const second = missedOf(await tickAt('2026-03-03T03:00:00Z'));
  const third = missedOf(await tickAt('2026-03-04T03:00:00Z'));
  expect(second).toHaveLength(1);
  expect(second[0]).toMatchObject({
    subject: vm,
    data: { code: 'DVB1003', vm, policy: 'daily', dueAt: '2026-03-02T02:00:00Z' },
  });
  expect(third).toMatchObject([{ data: { dueAt: '2026-03-03T02:00:00Z' } }]);
  expect(third[0]?.id).not.toBe(second[0]?.id);

  await emulated.clearFaults();
  await tickAt('2026-03-05T03:00:00Z');
  expect(missedOf(await tickAt('2026-03-06T03:00:00Z'))).toEqual([]);
  expect(heard.every(({ signed }) => signed)).toBe(true);
});
