import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import type { Host } from '../../../../local/functions-host';
import { begin, fixture, run, runHost, temporaryFolder, until } from '../support/hosts';

// The worker side: how an app is loaded, what it sees, and what happens when it misbehaves.

const text = async (host: Host, path: string) => (await fetch(`${host.url}/api/${path}`)).text();

test('an app of ES modules runs, also with a top-level await', async () => {
  const host = await runHost('module-app');
  expect(await text(host, 'hello')).toBe('from a module');
  expect((await run(host, 'main', { n: 4 })).output).toEqual({ n: 8 });
});

test('with --strict an app with a trigger that is not served is refused, naming function and type', async () => {
  await expect(runHost('queue-app', { strict: true })).rejects.toThrow(/readsQueue \(queueTrigger\)/);
});

test('a function that a setting disables is left out, also one that could not be run', async () => {
  const host = await runHost('queue-app', {
    environment: { ...process.env, 'AzureWebJobs.readsQueue.Disabled': 'true' },
  });
  const response = await fetch(`${host.url}/admin/functions`);
  expect(await response.json()).toEqual([]);
});

test('entities are left out, and where they are served is told', async () => {
  const lines: string[] = [];
  await runHost('entity-app', { log: (_level, _source, message) => lines.push(message) });
  expect(lines).toContainEqual(expect.stringMatching(/counter \(entityTrigger\).*published extension/));
});

test('an app that throws while it loads is refused with its message and file', async () => {
  await expect(runHost('broken-app')).rejects.toThrow(/functions\.js: cannot start today/);
});

test('a folder that is no app, and a main that matches nothing, are refused with a remedy', async () => {
  await expect(runHost('nowhere')).rejects.toThrow(/package\.json.*Point --app at the folder/s);
  await expect(runHost('..')).rejects.toThrow(/package\.json/);
});

test('a second host on the same state folder is refused', async () => {
  const stateDir = temporaryFolder();
  const first = await runHost('module-app', { stateDir });
  await expect(runHost('module-app', { stateDir })).rejects.toThrow(
    /Another functions host uses the state folder/,
  );
  await first.close();
  await runHost('module-app', { stateDir });
});

describe('hooks and surroundings', () => {
  let host: Host;
  const lines: string[] = [];
  beforeAll(async () => {
    host = await runHost('hook-app', {
      log: (level, source, message) => void lines.push(`${level} ${source} ${message}`),
    });
  });

  test('app hooks run once, invocation hooks around every invocation, with their data', async () => {
    await text(host, 'environment');
    const seen = JSON.parse(await text(host, 'seen')) as string[];
    expect(seen.filter((entry) => entry === 'appStart')).toHaveLength(1);
    expect(seen).toContain('after environment');
  });

  test('a hook may replace the function, and take away an error', async () => {
    expect(await text(host, 'replaced')).toBe('by the hook');
    expect(await text(host, 'forgiven')).toBe('forgiven');
  });

  test('logs arrive with level and function; log hooks may change them; the console is logged too', async () => {
    await text(host, 'logs');
    while (!lines.some((line) => line.includes('to the console'))) await new Promise(setImmediate);
    expect(lines).toEqual(
      expect.arrayContaining(['warning logs ***', 'debug logs detail', 'information console to the console']),
    );
  });

  test('functions cannot be registered after the start', async () => {
    expect(await text(host, 'late')).toMatch(/can only be registered during app startup/);
  });

  test('the app sees the address, its folder and the environment name', async () => {
    expect(JSON.parse(await text(host, 'environment'))).toEqual({
      isMainThread: false,
      hostname: new URL(host.url).host,
      root: fixture('hook-app'),
      environment: 'Development',
    });
  });

  test('a timer with a retry policy runs again until it succeeds', async () => {
    await fetch(`${host.url}/admin/functions/retried`, { method: 'POST', body: '{"input":""}' });
    while (!(await text(host, 'seen')).includes('retry 2 of 3')) await new Promise(setImmediate);
  });

  test('an activity whose thread ends runs again in a new one', async () => {
    const file = join(temporaryFolder(), 'crashed');
    const { output } = await run(host, 'call', { activity: 'crashesOnce', input: { file } });
    expect(output).toEqual({ survived: true });
    expect(lines.join('\n')).toMatch(/The activity runs again: The app's thread ended \(exit code 3\)/);
  });

  test('a function that runs longer than functionTimeout fails, as on Azure', async () => {
    const { output } = await run(host, 'call', { activity: 'forever' });
    expect(output).toMatch(/Timeout value of 00:00:02 exceeded by function 'Functions\.forever'/);
  });
});

test('appTerminate hooks run when the host closes, with the data of the appStart hooks', async () => {
  const file = join(temporaryFolder(), 'hook');
  const host = await runHost('hook-app', { environment: { ...process.env, TERMINATED: file } });
  expect(existsSync(file)).toBe(false);
  await host.close();
  expect(readFileSync(file, 'utf8')).toBe('hello');
});

test('with workers, an activity that burns the processor stalls neither HTTP nor orchestrators', async () => {
  const host = await runHost('contract-app', { workers: 1 });
  const enough = join(temporaryFolder(), 'enough');
  const burning = begin(host, 'burns', { until: enough });
  await run(host, 'inputOf');
  await text(host, 'state/nobody');
  writeFileSync(enough, '');
  expect((await until(host, burning)).output).toEqual({ told: true });
});

describe('an app that streams', () => {
  let host: Host;
  beforeAll(async () => {
    host = await runHost('stream-app');
  });

  test('request and response flow piece by piece, with parameters and query', async () => {
    const pieces: string[] = [];
    const headers = await new Promise<IncomingHttpHeaders>((resolve, reject) => {
      const address = `${host.url}/api/upper/7?q=x&id=8&more=1&more=2&code=k`;
      const request = httpRequest(address, { method: 'POST' }, (response) => {
        response.setEncoding('utf8').on('data', (piece: string) => {
          pieces.push(piece);
          // The second piece is sent only after the first one has come back.
          if (pieces.length === 1) request.end('two');
        });
        response.on('end', () => resolve(response.headers));
      });
      request.on('error', reject);
      request.write('one');
    });
    expect(headers).toMatchObject({ 'x-id': '7', 'x-query': 'x' });
    // As Azure binds them: of query and route, the route first, and without the key.
    expect(JSON.parse(String(headers['x-params']))).toEqual({ id: '7', q: 'x', more: '1,2' });
    expect(pieces).toEqual(['ONE', 'TWO']);
  });

  test('a failing function answers 500', async () => {
    expect((await fetch(`${host.url}/api/broken`)).status).toBe(500);
  });

  test('a function that returns nothing answers 204', async () => {
    expect((await fetch(`${host.url}/api/nothing`)).status).toBe(204);
  });
});
