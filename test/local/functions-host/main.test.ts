import { fork } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileHost } from './support/compiled-host';
import { startHostProcess } from './support/host-process';
import { fixture, temporaryFolder } from './support/hosts';

// The command line, as a process of its own.

const { folder, main } = compileHost();
afterAll(() => rmSync(folder, { recursive: true }));

const start = (app: string, args: string[] = [], env: NodeJS.ProcessEnv = {}, stateDir = temporaryFolder()) =>
  startHostProcess(main, ['--app', fixture(app), '--state', stateDir, ...args], env);

test('tells its parent when it is ready; ends with 0 on SIGTERM', async () => {
  const host = start('basic-app');
  expect(await (await fetch(`${await host.url}/api/hello`)).text()).toBe('hello world');
  host.child.kill('SIGTERM');
  expect(await host.exited).toBe(0);
});

test('the environment wins over local.settings.json', async () => {
  const host = start('basic-app', [], { Greeting: 'good day' });
  expect(await (await fetch(`${await host.url}/api/hello`)).text()).toBe('good day world');
  host.child.kill('SIGINT');
  expect(await host.exited).toBe(0);
});

test('a timer trigger with a schedule from a setting runs by the second, and logs are readable lines', async () => {
  const host = start('basic-app');
  await host.url;
  while (!host.log().includes('tick 2')) await once(host.child.stderr as NodeJS.ReadableStream, 'data');
  expect(host.log()).toMatch(/^\d\d:\d\d:\d\d\.\d{3} infor tick: tick 1 false$/m);
  host.child.kill('SIGTERM');
  await host.exited;
});

test('--log-level none is silent', async () => {
  const host = start('basic-app', ['--log-level', 'none']);
  await fetch(`${await host.url}/api/throws`);
  host.child.kill('SIGTERM');
  await host.exited;
  expect(host.log()).toBe('');
});

test('lives on when its log takes no more', async () => {
  const host = start('basic-app');
  const url = await host.url;
  host.child.stderr?.destroy();
  for (const _try of [1, 2, 3]) expect((await fetch(`${url}/api/throws`)).status).toBe(500);
  expect((await fetch(`${url}/api/hello`)).status).toBe(200);
  host.child.kill('SIGTERM');
  expect(await host.exited).toBe(0);
});

test('ends by itself when its parent is killed: no orphans', async () => {
  const script = join(folder, 'parent.js');
  writeFileSync(
    script,
    `const { fork } = require('node:child_process');
     const host = fork(process.argv[2], process.argv.slice(3), { stdio: 'ignore' });
     host.on('message', ({ url }) => process.send({ url, pid: host.pid }));`,
  );
  const parent = fork(script, [main, '--app', fixture('basic-app'), '--state', temporaryFolder()], {
    stdio: 'ignore',
  });
  const [{ url, pid }] = (await once(parent, 'message')) as [{ url: string; pid: number }];
  expect((await fetch(`${url}/api/hello`)).status).toBe(200);
  parent.kill('SIGKILL');
  const alive = () => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  while (alive()) await new Promise((resolve) => setTimeout(resolve, 10));
});

test.each([
  ['without --app', ['--state', '/tmp/none'], /--app and --state are needed/],
  ['with a bad port', ['--app', 'x', '--state', 'y', '--port', '99999'], /--port 99999 is not allowed/],
  [
    'with a bad log level',
    ['--app', 'x', '--state', 'y', '--log-level', 'loud'],
    /--log-level loud is not known/,
  ],
  ['with a folder that is no app', ['--app', '/nowhere', '--state', 'y'], /Point --app at the folder/],
])('%s it says what is wrong and ends with 1', async (_, args, message) => {
  const host = startHostProcess(main, args);
  expect(await host.exited).toBe(1);
  expect(host.log()).toMatch(message);
  expect(host.log()).not.toMatch(/\n\s+at /);
});

test('a port that is taken is named', async () => {
  const first = start('basic-app');
  const { port } = new URL(await first.url);
  const second = start('basic-app', ['--port', port]);
  expect(await second.exited).toBe(1);
  expect(second.log()).toMatch(new RegExp(`Cannot listen on port ${port}.*Choose another --port`));
  first.child.kill('SIGTERM');
  await first.exited;
});
