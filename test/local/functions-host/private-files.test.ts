import { chmodSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { compileHost } from './support/compiled-host';
import { startHostProcess } from './support/host-process';
import { fixture, runHost, temporaryFolder } from './support/hosts';

/** What opens the host is nobody's business but the user's. */

const open = (stateDir: string) =>
  readdirSync(stateDir).filter((name) => (statSync(join(stateDir, name)).mode & 0o077) !== 0);

test('no file of the state folder can be read by others, also if an older host had made it', async () => {
  const stateDir = temporaryFolder();
  const first = await runHost('basic-app', { stateDir });
  first.keys.master();
  expect(readdirSync(stateDir)).toContain('hub.sqlite');
  expect(open(stateDir)).toEqual([]);
  await first.close();
  chmodSync(join(stateDir, 'hub.sqlite'), 0o644);
  await runHost('basic-app', { stateDir });
  expect(open(stateDir)).toEqual([]);
});

describe('the command line with --auth', () => {
  const { folder, main } = compileHost();
  afterAll(() => rmSync(folder, { recursive: true }));

  test('prints no key, and says which file holds them', async () => {
    const stateDir = temporaryFolder();
    const host = startHostProcess(main, ['--app', fixture('front-app'), '--state', stateDir, '--auth']);
    const url = await host.url;
    const file = join(stateDir, 'keys.json');
    expect(open(stateDir)).toEqual([]);
    const keys = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
    const status = await fetch(`${url}/admin/host/status`, {
      headers: { 'x-functions-key': keys.master as string },
    });
    expect(status.status).toBe(200);
    host.child.kill('SIGTERM');
    await host.exited;
    expect(host.output()).toContain(file);
    for (const key of Object.values(keys)) expect(`${host.output()}${host.log()}`).not.toContain(key);
  });
});
