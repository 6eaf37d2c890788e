import type { Host } from '../../../local/functions-host';
import { api, begin, run, runHost, until } from './support/hosts';

// What a foreign app may bring along: what is served of it works, the rest is named.

let host: Host;
const lines: string[] = [];
beforeAll(async () => {
  host = await runHost('every-binding-app', { log: (_level, _source, message) => lines.push(message) });
});

test('functions of kinds that are not served are left out, with one line that names them and what to do', () => {
  const told = lines.filter((line) => line.startsWith('Left out'));
  expect(told).toHaveLength(1);
  const names = ['onQueue', 'onBlob', 'onServiceBus', 'onEventHub', 'onEventGrid', 'onCosmos', 'onSignal'];
  for (const name of [...names, 'counter', 'readsTable']) {
    expect(told[0]).toContain(`${name} (`);
    expect(told[0]).toContain(`AzureWebJobs.${name}.Disabled=true`);
  }
});

test('settings of host.json that are not heeded are named in one line', () => {
  const told = lines.filter((line) => line.startsWith('Not heeded'));
  expect(told).toEqual([
    'Not heeded of host.json: extensions.queues, extensions.http.customHeaders, ' +
      'extensions.durableTask.storageProvider.',
  ]);
});

test('host.json may have a byte order mark, comments and settings in percent signs', async () => {
  const { statusQueryGetUri } = (await (await api(host, 'POST', 'orchestrators/waits', {})).json()) as Record<
    string,
    string
  >;
  expect(statusQueryGetUri).toContain('taskHub=HubOfSettings&');
});

test('what a function gives to outputs that nobody serves is logged', async () => {
  expect(await (await fetch(`${host.url}/writes`)).text()).toBe('written');
  expect(lines).toContainEqual(expect.stringMatching(/gave to queue, .*for the queue/));
  expect(lines).toContainEqual(expect.stringMatching(/gave to twilioSms, .*for a telephone/));
});

test('calls into what is left out fail with words', async () => {
  const { runtimeStatus, output } = await run(host, 'callsEntity');
  expect([runtimeStatus, output]).toEqual(['Failed', expect.stringMatching(/CallEntity is not supported/)]);
  expect((await fetch(`${host.url}/readsTable`)).status).toBe(404);
});

test('AnyState: an instance that is alive is started over', async () => {
  const id = begin(host, 'waits', { first: true });
  await until(host, id, ({ runtimeStatus }) => runtimeStatus === 'Running');
  begin(host, 'waits', { second: true }, id);
  await until(host, id, ({ input }) => 'second' in (input as object));
});

test.each([
  ['', 'Running'],
  ['?version=2.1', 'Running'],
  ['?version=1.10', 'Running'],
  ['?version=2.2', 'Failed'],
  ['?version=10.0', 'Failed'],
])('with defaultVersion 2.1 and CurrentOrOlder, version %s is %s', async (query, expected) => {
  const { id } = (await (await api(host, 'POST', `orchestrators/waits${query}`, {})).json()) as {
    id: string;
  };
  await until(host, id, ({ runtimeStatus }) => runtimeStatus === expected);
});

test('with --strict such an app is refused', async () => {
  await expect(runHost('every-binding-app', { strict: true })).rejects.toThrow(/onQueue \(queueTrigger\)/);
});
