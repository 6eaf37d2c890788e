import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as df from 'durable-functions';
import { vmKey } from '../../src/compute/own-names';
import type { Services } from '../../src/services';
import { installation, protectedVm } from '../protection/support';
import { fakeClient } from './support/fake-client';

let connected: Services;
jest.mock('../../src/services', () => ({ services: async () => connected }));

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
  return { compute, key: vmKey(vm.name, id, vm.vmId) };
}

test('lanes are started before anybody is told of what was missed: a receiver may take its time', async () => {
  const { client, started } = fakeClient();
  const lanesWhenTold: number[] = [];
  const webhook = createServer((request, response) => {
    lanesWhenTold.push(started.length);
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

  require('../../src/functions/scheduler.timer');
  const handler = timer.mock.calls[0]?.[1].handler;
  const log = () => undefined;
  await handler?.({} as never, client as never, { log, debug: log, warn: log, error: log } as never);
  webhook.close();
  expect(lanesWhenTold).toEqual([1]);
});
