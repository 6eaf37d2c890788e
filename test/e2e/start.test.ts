import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { apiClient } from '../../client/api-client';
import { isOver } from '../../client/is-over';
import type { SampleFleet } from '../../local/fleet/sample-fleet';
import { compiled } from '../../local/process/project-root';
import { readRunning } from '../../local/start/state-folder';
import { makeOwnFleet } from './support/own-fleet';
import { type Started, startAsPeopleDo, untilGone } from './support/started-by-people';
import { testFolder } from './support/test-system';

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
  let images: string;
  beforeAll(async () => {
    images = await testFolder();
    fleet = await makeOwnFleet(images);
  });
  afterAll(() => rm(images, { recursive: true, force: true }));
  beforeEach(async () => {
    folder = await testFolder();
    state = path.join(folder, 'state');
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
    (await apiClient(addresses.api).listVms()).vms.find((vm) => vm.name === name)!.key;

  const backUp = async (running: Started, name: string) => {
    const api = apiClient(running.addresses.api);
    const { job } = await api.startBackup({ vm: await vmKey(running, name) });
    return untilOver(running, job);
  };

  const untilOver = async ({ addresses }: Started, id: string) => {
    for (;;) {
      const job = await apiClient(addresses.api).getJob({ job: id });
      if (isOver(job)) return job;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };

  it('stops cleanly on Ctrl-C, leaves no process behind, and the next start carries on from the state', async () => {
    const first = await start();
    const job = await backUp(first, 'off');
    expect(job.state).toBe('Succeeded');
    expect(runningFromDist()).toContain(state);
    first.child.kill('SIGINT');
    expect(await first.finished).toMatchObject({ code: 0, output: expect.stringContaining('Stopped.') });
    await untilGone(first.parts);
    expect(existsSync(path.join(state, 'running.json'))).toBe(false);
    expect(runningFromDist()).not.toContain(state);

    const second = await startAsPeopleDo(state, []);
    started.push(second);
    const api = apiClient(second.addresses.api);
    const { vms } = await api.listVms();
    expect(vms.map(({ name }) => name).sort()).toEqual(fleet.vms.map(({ name }) => name).sort());
    const { recoveryPoints } = await api.listRecoveryPoints({ vm: job.vm! });
    expect(recoveryPoints.map(({ id }) => id)).toEqual([job.recoveryPoint]);
    expect((await api.getJob({ job: job.id })).state).toBe('Succeeded');
  });

  it('leaves no process behind when it is killed with kill -9, and a backup that ran then is finished by the next start', async () => {
    const first = await start();
    const api = apiClient(first.addresses.api);
    const { job } = await api.startBackup({ vm: await vmKey(first, 'win') });
    first.child.kill('SIGKILL');
    await untilGone(first.parts);

    const second = await start();
    expect(await untilOver(second, job)).toMatchObject({ state: 'Succeeded' });
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

  it('leaves no process behind when npm is killed, which leaves its shell between', async () => {
    const script = `"${process.execPath}" "${compiled(...START)}" --state "${state}" --fleet "${fleet.fleetFile}"; exit $?`;
    const npm = spawn(
      process.execPath,
      [
        '-e',
        `require('node:child_process').spawn('/bin/sh', ['-c', ${JSON.stringify(script)}], { stdio: 'inherit' })`,
      ],
      { env: { ...process.env, npm_lifecycle_event: 'start' }, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    for await (const text of npm.stdout) if (String(text).includes('Ctrl-C stops everything')) break;
    const { supervisor, parts } = readRunning(state)!;
    npm.kill('SIGKILL');
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

/** The state folders of systems that `npm run clean` leaves `dist` to. */
const runningFromDist = () =>
  readdirSync(compiled('systems')).map((name) => readFileSync(compiled('systems', name), 'utf8'));

const isProgram = (pid: number, name: string): boolean =>
  execFileSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' }).includes(name);
