import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { SampleFleet } from '../../local/fleet/sample-fleet';
import { compiled, projectRoot } from '../../local/process/project-root';
import { makeOwnFleet } from './support/own-fleet';
import { runProgram, type Started, startAsPeopleDo, untilGone } from './support/started-by-people';
import { testFolder } from './support/test-system';

describe('while npm start runs', () => {
  let folder: string;
  let state: string;
  let fleet: SampleFleet;
  let running: Started;
  beforeAll(async () => {
    folder = await testFolder();
    state = path.join(folder, 'state');
    fleet = await makeOwnFleet(path.join(folder, 'fleet'));
    running = await startAsPeopleDo(state, ['--fleet', fleet.fleetFile]);
  });
  afterAll(async () => {
    running.child.kill('SIGINT');
    await untilGone(running.parts);
    await rm(folder, { recursive: true, force: true });
  });

  const start = (...args: string[]) => runProgram(['local', 'start', 'main.js'], args);
  const vm = (...args: string[]) => runProgram(['cli', 'vm.js'], ['--state', state, ...args]);

  it('a second start on the same state is refused, and learns where the first one answers', async () => {
    const { code, output } = await start('--state', state, '--fleet', fleet.fleetFile);
    expect(code).toBe(2);
    expect(output).toContain(`The system already runs on ${state}`);
    expect(output).toContain(running.addresses.api);
  });

  it('a start on a port that is taken is refused by the name of the option', async () => {
    const port = new URL(running.addresses.api).port;
    const other = path.join(folder, 'other');
    const { code, output } = await start('--state', other, '--fleet', fleet.fleetFile, '--port', port);
    expect(code).toBe(2);
    expect(output).toContain(`Port ${port} is in use.\nChoose another with --port`);
  });

  it('a start with a bad fleet file is refused before anything starts', async () => {
    const other = path.join(folder, 'another');
    const file = path.join(folder, 'bad.json');
    await writeFile(file, '{"vms":[{"name":"web-1","os":"Plan9","disks":[]}]}');
    const { code, output } = await start('--state', other, '--fleet', file);
    expect(code).toBe(2);
    expect(output).toContain('web-1');
    expect(output).toContain('os');
    expect(existsSync(other)).toBe(false);
  });

  it('an option that does not exist is refused', async () => {
    expect(await start('--colour', 'blue')).toMatchObject({
      code: 2,
      output: expect.stringContaining("unknown option '--colour'"),
    });
    expect(await start('--port', '99999')).toMatchObject({
      code: 2,
      output: expect.stringContaining('A port is a number from 1 to 65535.'),
    });
  });

  describe('npm run vm', () => {
    it('list shows the VMs and their disks', async () => {
      const { code, output } = await vm('list');
      expect(code).toBe(0);
      expect(output).toMatch(/^off \(deallocated\)$/m);
      expect(output).toMatch(/^ {2}os +win-os +5 MiB$/m);
    });

    it('write makes a disk equal to an image, and export-disk writes its bytes to a file', async () => {
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

    it('says what is wrong: no such VM, no such disk, no such image, an image of another size', async () => {
      const small = path.join(folder, 'small.img');
      await writeFile(small, Buffer.alloc(512));
      const refusals: [string[], number, string][] = [
        [['write', 'nobody', 'os', '--image', small], 1, 'There is no VM nobody.'],
        [['write', 'win', '7', '--image', small], 1, 'VM win has no disk at lun 7.'],
        [['write', 'win', '-1', '--image', small], 1, 'has 512 bytes, the disk has'],
        [['write', 'win', 'os', '--image', '/nowhere.img'], 2, 'There is no image /nowhere.img.'],
        [['write', 'win', 'C:', '--image', small], 2, 'A lun is a number from 0 to 63, or "os".'],
        [['export-disk', 'nothing', '--out', path.join(folder, 'x')], 1, 'There is no disk nothing.'],
        [['export-disk', 'win-os', '--out', '/nowhere/x'], 2, 'There is no folder /nowhere.'],
      ];
      for (const [args, code, words] of refusals) {
        expect(await vm(...args)).toMatchObject({ code, output: expect.stringContaining(words) });
      }
    });

    it('does what administrators do with VMs and disks', async () => {
      const says = async (...args: string[]) => {
        const { code, output } = await vm(...args);
        return code === 0 ? output.trim() : `${code}: ${output.trim()}`;
      };
      expect(await says('stop', 'win')).toBe('win is stopped.');
      expect(await says('deallocate', 'win')).toBe('win is deallocated.');
      expect(await says('start', 'win')).toBe('win runs.');
      expect(await says('move', 'win', '0', '--lun', '5')).toBe('win has win-data-0 at lun 5.');
      expect(await says('grow', 'win', '5', '--size', '3')).toBe('win-data-0 has 3 GiB.');
      expect(await says('grow', 'win', '5', '--size', '2')).toContain('2: win-data-0 has 3 GiB, which');
      expect(await says('detach', 'win', '5')).toBe('win-data-0 is attached to nothing.');
      expect(await says('grow-disk', 'win-data-0', '--size', '4GiB')).toBe('win-data-0 has 4 GiB.');
      expect(await says('move-disk', 'win-data-0', '--group', 'spare')).toBe('win-data-0 is in spare.');
      expect(await says('attach', 'win', 'spare/win-data-0')).toBe('win has win-data-0 at lun 0.');
      expect(await says('delete-disk', 'win-data-0')).toContain('1: Disk win-data-0 is attached to VM');
      expect(await says('move', 'off', '--group', 'archive')).toMatch(/^off is in archive, with \d of its/);
      expect(await says('move', 'archive/off', '--lun', '1')).toContain('2: It is not clear what is to move');
      expect(await says('delete', 'archive/off')).toBe('off is deleted.');
      expect(await says('delete-disk', 'archive/off-os')).toBe('off-os is deleted.');
      expect(await says('stop', 'off')).toContain('2: There is no VM off.');
      expect(await says('list')).not.toMatch(/^off \(/m);
    });

    it('builds nothing: what the system was started from is there', async () => {
      const built = () => statSync(compiled('.tsbuildinfo')).mtimeMs;
      const before = built();
      const launcher = path.join(projectRoot(), 'cli', 'run-vm.cjs');
      const { stdout } = await promisify(execFile)(process.execPath, [launcher, '--state', state, 'list']);
      expect(stdout).toMatch(/^win \(running\)$/m);
      expect(built()).toBe(before);
    });

    it('says that nothing runs, and how to start it', async () => {
      const nothing = path.join(folder, 'nothing');
      expect(await runProgram(['cli', 'vm.js'], ['--state', nothing, 'list'])).toEqual({
        code: 2,
        output: `Nothing runs on ${nothing}.\nStart it with npm start, or name its folder with --state.\n`,
      });
    });
  });
});
