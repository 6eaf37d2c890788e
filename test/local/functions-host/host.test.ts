import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Host, type HostOptions, startHost } from '../../../local/functions-host';

const appDir = join(__dirname, 'fixtures/basic-app');
const folders: string[] = [];
const hosts: Host[] = [];

async function start(options: Partial<HostOptions> = {}): Promise<Host> {
  const stateDir = options.stateDir ?? (await mkdtemp(join(tmpdir(), 'functions-host-')));
  if (!options.stateDir) folders.push(stateDir);
  const host = await startHost({ appDir, stateDir, log: () => {}, ...options });
  hosts.push(host);
  return host;
}

afterAll(async () => {
  for (const host of hosts) await host.close();
  for (const folder of folders) await rm(folder, { recursive: true });
});

async function finish(host: Host, orchestrator: string, input: unknown): Promise<unknown> {
  const response = await fetch(
    `${host.url}/runtime/webhooks/durabletask/orchestrators/${orchestrator}?timeout=500&pollingInterval=0.02`,
    {
      method: 'POST',
      body: JSON.stringify(input),
    },
  );
  return response.json();
}

test('two hosts of the same app run at once, each with its own instances', async () => {
  const [one, two] = await Promise.all([start(), start()]);
  const results = await Promise.all([
    finish(one, 'chain', { length: 3 }),
    finish(two, 'fanOut', { width: 4 }),
  ]);
  expect(results).toEqual([3, 6]);
  expect(one.client.list({}, 10)).toHaveLength(1);
  expect(two.client.list({}, 10)).toHaveLength(1);
});

test('a host takes up where another one on the same state folder stopped', async () => {
  const stateDir = await mkdtemp(join(tmpdir(), 'functions-host-'));
  folders.push(stateDir);
  const first = await start({ stateDir });
  first.client.start({ orchestrator: 'waiter', instanceId: 'w', input: null });
  await first.close();
  const second = await start({ stateDir });
  expect(second.client.raise('w', 'go', '{"x":1}')).toBeUndefined();
  const status = async () => (await fetch(`${second.url}/runtime/webhooks/durabletask/instances/w`)).json();
  let shown = (await status()) as { runtimeStatus: string; output: unknown };
  while (shown.runtimeStatus !== 'Completed') shown = (await status()) as typeof shown;
  expect(shown.output).toEqual({ x: 1 });
});
