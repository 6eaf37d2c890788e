import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Host } from '../../../local/functions-host';
import { api, begin, run, runHost, temporaryFolder, until } from './support/hosts';
import { ask } from './support/raw-request';

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
  for (const name of [...names, 'counter', 'readsTable', 'negotiates']) {
    expect(told[0]).toContain(`${name} (`);
    expect(told[0]).toContain(`AzureWebJobs.${name}.Disabled=true`);
  }
});

test('outputs that nobody serves are named in one line', () => {
  const told = lines.filter((line) => line.startsWith('Only logged'));
  expect(told).toEqual([expect.stringContaining('writes (queue, blob, serviceBus, twilioSms, signalR)')]);
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
  expect(await (await fetch(`${host.url}/v1/writes`)).text()).toBe('written');
  for (const [type, value] of Object.entries({
    queue: 'for the queue',
    blob: 'for the container',
    serviceBus: 'for the bus',
    twilioSms: 'for a telephone',
    signalR: 'for pages',
  })) {
    expect(lines).toContainEqual(expect.stringMatching(new RegExp(`gave to ${type}, .*${value}`)));
  }
});

test('calls into what is left out fail with words', async () => {
  for (const [orchestrator, action] of Object.entries({ callsEntity: 'CallEntity', asksWeb: 'CallHttp' })) {
    const { runtimeStatus, output } = await run(host, orchestrator);
    expect([runtimeStatus, output]).toEqual([
      'Failed',
      expect.stringContaining(`${action} is not supported`),
    ]);
  }
  const answer = await fetch(`${host.url}/v1/readsTable`);
  expect([answer.status, await answer.json()]).toEqual([
    404,
    expect.objectContaining({ code: 'NoSuchAddress' }),
  ]);
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

test('an SDK that cannot make timers on this Node is named', async () => {
  const appDir = temporaryFolder();
  const files = { 'package.json': '{ "main": "app.js" }', 'host.json': '{}', 'app.js': '' };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(appDir, name), text);
  const sdk = join(appDir, 'node_modules', 'durable-functions');
  mkdirSync(sdk, { recursive: true });
  writeFileSync(join(sdk, 'package.json'), '{ "version": "3.2.0" }');
  const told: string[] = [];
  await runHost('', { appDir, log: (_level, _source, message) => told.push(message) });
  expect(told).toContainEqual(expect.stringMatching(/^durable-functions 3\.2\.0 cannot make timers on Node/));
});

describe('pages of the sites that local.settings.json names', () => {
  const origin = 'https://portal.example';
  const allowed = { 'access-control-allow-origin': origin, 'access-control-allow-credentials': 'true' };

  test('may use the functions and the durable API', async () => {
    for (const path of ['/v1/writes', '/runtime/webhooks/durabletask/instances']) {
      const { status, headers } = await ask(`${host.url}${path}`, 'GET', { origin });
      expect([status, headers]).toEqual([200, expect.objectContaining({ ...allowed, vary: 'Origin' })]);
    }
  });

  test('are told beforehand what they may send', async () => {
    const asked = { 'access-control-request-method': 'PUT', 'access-control-request-headers': 'x-a, x-b' };
    const { status, headers } = await ask(`${host.url}/v1/writes`, 'OPTIONS', { origin, ...asked });
    const answered = { 'access-control-allow-methods': 'PUT', 'access-control-allow-headers': 'x-a, x-b' };
    expect([status, headers]).toEqual([204, expect.objectContaining({ ...allowed, ...answered })]);
  });

  test('may not use the admin API, and others may use nothing', async () => {
    for (const [path, from] of [
      ['/admin/host/status', origin],
      ['/v1/writes', 'https://other.example'],
    ] as const) {
      const { status, headers } = await ask(`${host.url}${path}`, 'GET', { origin: from });
      expect([status, headers['access-control-allow-origin']]).toEqual([403, undefined]);
    }
  });
});

test('with --strict such an app is refused', async () => {
  await expect(runHost('every-binding-app', { strict: true })).rejects.toThrow(/onQueue \(queueTrigger\)/);
});
