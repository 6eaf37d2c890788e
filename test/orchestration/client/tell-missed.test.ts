import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tellMissed } from '../../../src/orchestration/client/tell-missed';
import { policiesInForce } from '../../../src/policies/policies';
import { knownVms } from '../../../src/protection/fleet';
import { missedBackups } from '../../../src/protection/missed';
import type { Settings } from '../../../src/settings';
import { installation, protectedVm } from '../../protection/support/protection';
import { loopbackServer } from '../../support/loopback-server';

const NOW = '2026-03-10T09:00:00Z';
const KEYS = ['a', 'b', 'c', 'd', 'e'];

let webhook: Server;
let heard: string[];
let answer: () => number;
beforeEach(async () => {
  heard = [];
  answer = () => 204;
  webhook = loopbackServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += piece;
    heard.push(JSON.parse(body).subject);
    response.writeHead(answer()).end();
  });
  await new Promise<void>((resolve) => webhook.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  webhook.close();
  jest.restoreAllMocks();
});

/** VMs that all have missed their backups, and the scheduler's look at them. */
async function lateFleet() {
  const services = await installation(NOW);
  for (const key of KEYS) await services.protectedVms.create(key, protectedVm(key));
  const url = `http://127.0.0.1:${(webhook.address() as AddressInfo).port}/`;
  const settings = { notifications: { webhook: url, secret: 'a secret of the test' } } as Settings;
  return async () => {
    const vms = await knownVms(services);
    const missed = missedBackups(vms.values(), await policiesInForce(services.policies), NOW);
    await tellMissed({ ...services, settings }, missed, NOW, { warn: () => undefined });
  };
}

test('each VM is told of once', async () => {
  const look = await lateFleet();
  await look();
  await look();
  expect(heard).toEqual(KEYS);
});

test('a receiver that takes nothing is left alone until the next look, which goes on with the next VM', async () => {
  const look = await lateFleet();
  answer = () => 503;
  await look();
  expect(new Set(heard)).toEqual(new Set(['a']));
  heard = [];
  answer = () => 204;
  await look();
  expect(heard).toEqual(['b', 'c', 'd', 'e']);
});

test('a receiver that takes its time is told for half a minute, and of the rest at the next look', async () => {
  const look = await lateFleet();
  let time = 0;
  jest.spyOn(performance, 'now').mockImplementation(() => time);
  answer = () => {
    time += 12_000;
    return 204;
  };
  await look();
  expect(heard).toEqual(['a', 'b', 'c']);
  await look();
  expect(heard).toEqual(KEYS);
});
