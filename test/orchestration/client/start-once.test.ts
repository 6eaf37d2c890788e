import * as df from 'durable-functions';
import { OrchestrationRuntimeStatus } from 'durable-functions';
import { vmKey } from '../../../src/compute/arm/own-names';
import { startedRequests } from '../../../src/jobs/requests';
import { queuedBackups } from '../../../src/protection/queued-backup';
import type { Services } from '../../../src/services';
import { fakeClient } from '../../functions/support/fake-client';
import { installation } from '../../protection/support/protection';

let connected: Services;
jest.mock('../../../src/services', () => ({ services: async () => connected }));
const http = jest.spyOn(df.app.client, 'http').mockImplementation(() => undefined);
require('../../../src/functions/http/vms/start-backup');
require('../../../src/functions/http/vault/start-maintenance');

const VM = {
  id: '/subscriptions/s/resourceGroups/g/providers/M/virtualMachines/web',
  vmId: 'id',
  name: 'web',
};
const KEY = vmKey(VM.name, VM.vmId);

/** The routes that start something, asked with one Idempotency-Key. */
async function app() {
  const services = await installation('2026-03-10T09:00:00Z');
  const requests = startedRequests(services.store);
  const virtualMachines = {
    async *listAll() {
      yield { ...VM, location: 'here' };
    },
  };
  const compute = { settings: { subscriptions: ['s'] }, client: () => ({ virtualMachines }) };
  connected = {
    ...services,
    requests,
    compute,
    settings: { maxConcurrentBackups: 5 },
  } as unknown as Services;
  const { client, started, end } = fakeClient();
  const ask = async (route: 'startMaintenance' | 'startBackup') => {
    const handler = http.mock.calls.find(([name]) => name === route)?.[1].handler;
    const headers = new Headers({ 'Idempotency-Key': 'one' });
    const request = { params: { vm: KEY }, query: [], headers, text: async () => '{}' };
    const answer = await handler?.(request as never, client as never, { error: () => undefined } as never);
    return answer as { status: number; jsonBody?: { job: string } };
  };
  /** Asks in a process that is killed where `breaks` fails: it cleans up nothing. */
  const askAndDie = async (route: Parameters<typeof ask>[0], breaks: jest.SpyInstance) => {
    breaks.mockRejectedValueOnce(new Error('killed'));
    const cleanUp = jest.spyOn(requests, 'delete').mockResolvedValue('missing');
    expect((await ask(route)).status).toBeGreaterThanOrEqual(500);
    cleanUp.mockRestore();
    const [job = ''] = await jobIds();
    expect((await services.jobs.read(job))?.value.state).toBe('Queued');
    return job;
  };
  const jobIds = async () => {
    const ids: string[] = [];
    for await (const id of services.jobs.names()) ids.push(id);
    return ids;
  };
  return { ...services, client, started, end, ask, askAndDie, jobIds };
}
const accepted = (job?: string) => expect.objectContaining({ status: 202, jsonBody: { job } });

test('a repeat is answered as the first request was, and starts nothing again', async () => {
  const { ask, started, end, jobs } = await app();
  const first = await ask('startMaintenance');
  const job = first.jsonBody?.job ?? '';
  expect(await ask('startMaintenance')).toEqual(accepted(job));
  await jobs.update(job, (value) => value && { ...value, state: 'Succeeded' });
  end(job);
  expect(await ask('startMaintenance')).toEqual(accepted(job));
  expect(started).toHaveLength(1);
});

test('a repeat starts the job of a request that died before the orchestration', async () => {
  const { ask, askAndDie, client, started, jobIds } = await app();
  const job = await askAndDie('startMaintenance', jest.spyOn(client, 'startNew'));
  expect(started).toEqual([]);
  expect(await ask('startMaintenance')).toEqual(accepted(job));
  expect(await ask('startMaintenance')).toEqual(accepted(job));
  expect(started).toEqual([{ name: 'maintainVault', id: job, input: { jobId: job, dryRun: false } }]);
  expect(await jobIds()).toEqual([job]);
});

test('a repeat queues the backup of a request that died before it stood in the queue', async () => {
  const { ask, askAndDie, store, started, jobIds } = await app();
  const put = store.put;
  const breaks = jest.fn(async () => undefined as unknown);
  store.put = async (name, ...rest) => {
    if (name.startsWith('queue/')) await breaks();
    return put(name, ...rest);
  };
  const job = await askAndDie('startBackup', breaks as unknown as jest.SpyInstance);
  expect(await queuedBackups(store).read(job)).toBeUndefined();
  expect(await ask('startBackup')).toEqual(accepted(job));
  expect((await queuedBackups(store).read(job))?.value.request).toMatchObject({ jobId: job, vmKey: KEY });
  expect(started.map(({ id }) => id)).toEqual(['lane-0']);
  expect(await jobIds()).toEqual([job]);
});

test('a job whose orchestration was ended by hand is not started again', async () => {
  const { ask, started, end } = await app();
  const job = (await ask('startMaintenance')).jsonBody?.job ?? '';
  end(job, OrchestrationRuntimeStatus.Terminated);
  expect(await ask('startMaintenance')).toEqual(accepted(job));
  expect(started).toHaveLength(1);
});

test('a job that is to be cancelled is not started any more', async () => {
  const { ask, askAndDie, client, started, jobs, store } = await app();
  const job = await askAndDie('startMaintenance', jest.spyOn(client, 'startNew'));
  const cancelRequestedAt = await store.now();
  await jobs.update(job, (value) => value && { ...value, cancelRequestedAt });
  expect(await ask('startMaintenance')).toEqual(accepted(job));
  expect(started).toEqual([]);
});
