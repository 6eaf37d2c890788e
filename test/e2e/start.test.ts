import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { apiClient } from '../../cli/api-client';
import { isOver } from '../../cli/api-types';
import type { SampleFleet } from '../../local/fleet/sample-fleet';
import { makeOwnFleet } from './own-fleet';
import { runProgram, type Started, startAsPeopleDo, untilGone } from './started-by-people';
import { testFolder } from './test-system';

const VM = ['cli', 'vm.js'];
const START = ['local', 'start', 'main.js'];

jest.setTimeout(120_000);

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

    const second = await start();
    expect(second.addresses).toEqual(first.addresses);
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

  it('is refused while one runs on the same state, and says where that one answers', async () => {
    const running = await start();
    const { code, output } = await runProgram(START, ['--state', state, '--fleet', fleet.fleetFile]);
    expect(code).toBe(2);
    expect(output).toContain(`The system already runs on ${state}`);
    expect(output).toContain(running.addresses.api);
  });

  it('ends at once on a second Ctrl-C, even when a part hangs', async () => {
    const running = await start();
    const emulator = running.parts.find(({ pid }) => isProgram(pid, 'compute-emulator'))!;
    process.kill(emulator.pid, 'SIGSTOP');
    running.child.kill('SIGINT');
    await new Promise((resolve) => setTimeout(resolve, 700));
    running.child.kill('SIGINT');
    expect((await running.finished).code).toBe(130);
    await untilGone(running.parts);
  });

  it('uses the ports that are asked for, and refuses one that is taken', async () => {
    const { addresses } = await start();
    const port = new URL(addresses.api).port;
    const other = path.join(folder, 'other');
    const { code, output } = await runProgram(START, [
      '--state',
      other,
      '--fleet',
      fleet.fleetFile,
      '--port',
      port,
    ]);
    expect(code).toBe(2);
    expect(output).toContain(`Port ${port} is in use.\nChoose another with --port`);
  });

  describe('npm run vm', () => {
    const vm = (...args: string[]) => runProgram(VM, ['--state', state, ...args]);

    it('write makes a disk equal to an image, and export-disk writes its bytes to a file', async () => {
      await start();
      const disk = fleet.vms.find(({ name }) => name === 'win')!.disks[1]!;
      const written = await vm('write', 'win', '0', '--image', disk.second);
      expect(written).toMatchObject({
        code: 0,
        output: expect.stringMatching(/win wrote .+ and cleared .+/),
      });
      const again = await vm('write', 'win', '0', '--image', disk.second);
      expect(again.output).toContain('win wrote 0 B and cleared 0 B in 0 runs.');

      const out = path.join(folder, 'out.img');
      const exported = await vm('export-disk', 'win-data-0', '--out', out);
      const expected = createHash('sha256')
        .update(await readFile(disk.second))
        .digest('hex');
      expect(exported).toMatchObject({ code: 0, output: expect.stringContaining(expected) });
      expect((await readFile(out)).equals(await readFile(disk.second))).toBe(true);
    });

    it('says what is wrong: no such VM, no such disk, an image of another size', async () => {
      await start();
      const small = path.join(folder, 'small.img');
      await writeFile(small, Buffer.alloc(512));
      expect(await vm('write', 'nobody', 'os', '--image', small)).toMatchObject({
        code: 1,
        output: expect.stringContaining('There is no VM nobody.'),
      });
      expect(await vm('write', 'win', '7', '--image', small)).toMatchObject({
        code: 1,
        output: expect.stringContaining('VM win has no disk at lun 7.'),
      });
      expect(await vm('write', 'win', '-1', '--image', small)).toMatchObject({
        code: 1,
        output: expect.stringContaining('has 512 bytes, the disk has'),
      });
      expect(await vm('export-disk', 'nothing', '--out', path.join(folder, 'x'))).toMatchObject({
        code: 1,
        output: expect.stringContaining('There is no disk nothing.'),
      });
    });

    it('says that nothing runs, and how to start it', async () => {
      expect(await vm('list')).toEqual({
        code: 2,
        output: `Nothing runs on ${state}.\nStart it with npm start, or name its folder with --state.\n`,
      });
    });
  });
});

const isProgram = (pid: number, name: string): boolean =>
  execFileSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' }).includes(name);
