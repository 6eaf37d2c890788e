import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { apiClient } from '../../cli/api-client';
import { isOver } from '../../cli/api-types';
import type { SampleFleet } from '../../local/fleet/sample-fleet';
import { compiled } from '../../local/start/project-root';
import { readRunning } from '../../local/start/state-folder';
import { makeOwnFleet } from './own-fleet';
import { type Started, startAsPeopleDo, untilGone } from './started-by-people';
import { testFolder } from './test-system';

const START = ['local', 'start', 'main.js'];

/** The system as `npm start` runs it, through the compiled program and nothing else. */
describe('npm start', () => {
  let folder: string;
  let state: string;
  let fleet: SampleFleet;
  let started: Started[];
  const start = async (...args: string[]) => {
    const running = await startAsPeopleDo(state, ['--fleet', fleet.fleetFile, ...args]);
    started.push(running);
    return running;
  };
  beforeEach(async () => {
    folder = await testFolder();
    state = path.join(folder, 'state');
    fleet = await makeOwnFleet(path.join(folder, 'fleet'));
    started = [];
  });
  afterEach(async () => {
    for (const { child, parts } of started) {
      child.kill('SIGKILL');
      await untilGone(parts);
    }
    await rm(folder, { recursive: true, force: true });
  });

  const vmKey = async ({ addresses }: Started, name: string) =>
    (await apiClient(addresses.api).listVms()).find((vm) => vm.name === name)!.key;

  const backUp = async (running: Started, name: string) => {
    const api = apiClient(running.addresses.api);
    const id = await api.startBackup(await vmKey(running, name));
    return untilOver(running, id);
  };

  const untilOver = async ({ addresses }: Started, id: string) => {
    for (;;) {
      const job = await apiClient(addresses.api).getJob(id);
      if (isOver(job)) return job;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };

  it('stops cleanly on Ctrl-C, leaves no process behind, and the next start carries on from the state', async () => {
    const first = await start();
    const job = await backUp(first, 'off');
    expect(job.state).toBe('Succeeded');
    first.child.kill('SIGINT');
    expect(await first.finished).toMatchObject({ code: 0, output: expect.stringContaining('Stopped.') });
    await untilGone(first.parts);
    expect(existsSync(path.join(state, 'running.json'))).toBe(false);

    const second = await startAsPeopleDo(state, []);
    started.push(second);
    expect((await apiClient(second.addresses.api).listVms()).map(({ name }) => name).sort()).toEqual(
      fleet.vms.map(({ name }) => name).sort(),
    );
    const api = apiClient(second.addresses.api);
    const points = await api.listRecoveryPoints(job.vm);
    expect(points.map(({ id }) => id)).toEqual([job.recoveryPoint]);
    expect((await api.getJob(job.id)).state).toBe('Succeeded');
  });

  it('leaves no process behind when it is killed with kill -9, and a backup that ran then is finished by the next start', async () => {
    const first = await start();
    const api = apiClient(first.addresses.api);
    const id = await api.startBackup(await vmKey(first, 'win'));
    first.child.kill('SIGKILL');
    await untilGone(first.parts);

    const second = await start();
    expect(await untilOver(second, id)).toMatchObject({ state: 'Succeeded' });
  });

  it('leaves no process behind when npm is told to end, which tells its script nothing', async () => {
    const npm = spawn(
      '/bin/sh',
      [
        '-c',
        `"${process.execPath}" "${compiled(...START)}" --state "${state}" --fleet "${fleet.fleetFile}"; exit $?`,
      ],
      { env: { ...process.env, npm_lifecycle_event: 'start' }, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    for await (const text of npm.stdout) if (String(text).includes('Ctrl-C stops everything')) break;
    const { supervisor, parts } = readRunning(state)!;
    npm.kill('SIGTERM');
    await untilGone([supervisor, ...parts]);
    expect(existsSync(path.join(state, 'running.json'))).toBe(false);
  });

  it('ends everything when a part dies, and names it', async () => {
    const running = await start();
    const emulator = running.parts.find(({ pid }) => isProgram(pid, 'compute-emulator'))!;
    process.kill(emulator.pid, 'SIGKILL');
    const { code, output } = await running.finished;
    expect(code).toBe(1);
    expect(output).toContain('The compute emulator was ended by SIGKILL');
    expect(output).toContain(path.join(state, 'logs', 'emulator.log'));
    await untilGone(running.parts);
  });

  it('ends at once on a second Ctrl-C, even when a part hangs', async () => {
    const running = await start();
    const emulator = running.parts.find(({ pid }) => isProgram(pid, 'compute-emulator'))!;
    process.kill(emulator.pid, 'SIGSTOP');
    // What follows at once counts as the same press: whoever means it presses until it helps.
    const pressing = setInterval(() => running.child.kill('SIGINT'), 100);
    const { code } = await running.finished.finally(() => clearInterval(pressing));
    expect(code).toBe(130);
    await untilGone(running.parts);
  });
});

const isProgram = (pid: number, name: string): boolean =>
  execFileSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' }).includes(name);
