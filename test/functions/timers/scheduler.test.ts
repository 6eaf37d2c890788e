import type { AddressInfo } from 'node:net';
import * as df from 'durable-functions';
import { vmKey } from '../../../src/compute/arm/own-names';
import type { Services } from '../../../src/services';
import { installation, protectedVm } from '../../protection/support/protection';
import { loopbackServer } from '../../support/loopback-server';
import { fakeClient } from '../support/fake-client';

let connected: Services;
jest.mock('../../../src/services', () => ({ services: async () => connected }));

const timer = jest.spyOn(df.app.client, 'timer').mockImplementation(() => undefined);

/** Azure with one VM, whose key is told. */
function azureWithOneVm() {
  const id = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/web';
  const vm = { id, vmId: 'id-web', name: 'web', location: 'here' };
  const virtualMachines = {
    async *listAll() {
      yield vm;
    },
  };
  const compute = { settings: { subscriptions: ['s'] }, client: () => ({ virtualMachines }) };
  return { compute, key: vmKey(vm.name, vm.vmId) };
}

/** One look of the scheduler. */
async function tick({ client }: ReturnType<typeof fakeClient>): Promise<void> {
  require('../../../src/functions/timers/scheduler');
  const handler = timer.mock.calls[0]?.[1].handler;
  const log = () => undefined;
  await handler?.({} as never, client as never, { log, debug: log, warn: log, error: log } as never);
}

test('lanes are started before anybody is told of what was missed: a receiver may take its time', async () => {
  const durable = fakeClient();
  const lanesWhenTold: number[] = [];
  const webhook = loopbackServer((request, response) => {
    lanesWhenTold.push(durable.started.length);
    request.resume().once('end', () => response.end());
  });
  await new Promise<void>((resolve) => webhook.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(webhook.address() as AddressInfo).port}/`;
  const notifications = { webhook: url, secret: 'a secret of the test' };

  const { compute, key } = azureWithOneVm();
  const services = await installation('2026-03-10T09:00:00Z');
  await services.protectedVms.create(key, protectedVm(key));
  const settings = { maxConcurrentBackups: 20, notifications };
  connected = { ...services, compute, settings } as unknown as Services;

  await tick(durable);
  webhook.close();
  expect(lanesWhenTold).toEqual([1]);
});

test('one look lists the records once, and a VM that it frees is due in the same look', async () => {
  const durable = fakeClient();
  const { compute, key } = azureWithOneVm();
  const services = await installation('2026-03-10T09:00:00Z');
  const running = { jobId: '20260310t010000z-backup-web-abcdef', since: '2026-03-10T01:00:00Z' };
  await services.protectedVms.create(key, protectedVm(key, { running }));
  const listings = jest.spyOn(services.protectedVms, 'list');
  connected = { ...services, compute, settings: { maxConcurrentBackups: 20 } } as unknown as Services;

  await tick(durable);
  expect((await services.protectedVms.read(key))?.value.running).toBeUndefined();
  expect(durable.started.map(({ id }) => id)).toEqual(['lane-0']);
  expect(listings).toHaveBeenCalledTimes(1);
});
