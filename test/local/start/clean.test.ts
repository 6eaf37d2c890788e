import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { identify } from '../../../local/process/process-identity';
import { takeStateFolder } from '../../../local/start/state-folder';
import { noteSystem } from '../../../local/start/systems-of-dist';

const CLEAN = path.join(__dirname, '../../../local/start/clean.cjs');

/** `npm run clean` in a project of its own, with the records of real starts. */
describe('npm run clean', () => {
  let project: string;
  let other: ChildProcess | undefined;
  const inProject = (...names: string[]) => path.join(project, ...names);

  beforeEach(() => {
    project = realpathSync(mkdtempSync(path.join(tmpdir(), 'clean-test-')));
    cpSync(CLEAN, inProject('local/start/clean.cjs'));
    put('dist/src/app.js');
    for (const state of ['.local', 'mine']) {
      for (const name of ['ports.json', 'emulator/documents.jsonl', 'host/hub.sqlite', 'logs/host.log']) {
        put(state, name);
      }
      put(state, 'fleet/sample-fleet.json');
    }
  });
  afterEach(() => {
    other?.kill('SIGKILL');
    rmSync(project, { recursive: true, force: true });
  });

  function put(...names: string[]) {
    mkdirSync(path.dirname(inProject(...names)), { recursive: true });
    writeFileSync(inProject(...names), '{}');
  }

  function clean(...args: string[]) {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [inProject('local/start/clean.cjs'), ...args],
      {
        cwd: project,
        env: { ...process.env, INIT_CWD: project },
        encoding: 'utf8',
      },
    );
    return { status, said: `${stdout}${stderr}` };
  }

  const there = () => readdirSync(project).sort();

  /** As a start does, in this process. */
  async function runOn(state: string) {
    const folder = await takeStateFolder(inProject(state));
    noteSystem(folder.dir, inProject('dist'));
    return folder;
  }

  it('removes what was built and the state, and nothing else', () => {
    expect(clean()).toEqual({ status: 0, said: '' });
    expect(there()).toEqual(['local', 'mine']);
  });

  it('with --state removes the state folder that is named, and leaves the usual one', () => {
    expect(clean('--state', 'mine')).toEqual({ status: 0, said: '' });
    expect(there()).toEqual(['.local', 'local']);
  });

  it.each([['--stat', 'mine'], ['--state'], ['--state', ''], ['mine'], ['--force']])(
    'refuses %s %s and removes nothing',
    (...args) => {
      const { status, said } = clean(...args);
      expect(status).toBe(2);
      expect(said).toContain('Usage: npm run clean');
      expect(there()).toEqual(['.local', 'dist', 'local', 'mine']);
    },
  );

  it('refuses a folder in which no system has run', () => {
    put('photos/azurite/cat.jpg');
    expect(clean('--state', 'photos')).toMatchObject({
      status: 2,
      said: expect.stringContaining('no state folder'),
    });
    expect(existsSync(inProject('photos/azurite/cat.jpg'))).toBe(true);
    expect(existsSync(inProject('dist'))).toBe(true);
  });

  it('leaves what somebody else has put into a state folder, a fleet of their own for example', () => {
    rmSync(inProject('mine/fleet/sample-fleet.json'));
    put('mine/fleet/os.img');
    put('mine/notes.txt');
    expect(clean('--state', 'mine')).toMatchObject({ status: 0, said: expect.stringContaining('notes.txt') });
    expect(readdirSync(inProject('mine')).sort()).toEqual(['fleet', 'notes.txt']);
  });

  it.each([
    ['.local', []],
    ['mine', ['--state', 'mine']],
  ])('refuses while a system runs on %s', async (state, args) => {
    await runOn(state);
    const { status, said } = clean(...args);
    expect(status).toBe(2);
    expect(said).toContain(`(pid ${process.pid})`);
    expect(there()).toEqual(['.local', 'dist', 'local', 'mine']);
    expect(existsSync(inProject(state, 'ports.json'))).toBe(true);
  });

  it('refuses while parts of a killed system still run on the folder', () => {
    other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    const record = {
      supervisor: { pid: other.pid, started: 'long ago' },
      parts: [identify(other.pid as number)],
    };
    writeFileSync(inProject('.local/running.json'), JSON.stringify(record));
    expect(clean().status).toBe(2);
    expect(existsSync(inProject('dist'))).toBe(true);
  });

  it.each([
    [[], '.local'],
    [['--state', 'mine'], 'mine'],
  ])('leaves dist to a system that runs from it on another folder: %j', async (args, cleaned) => {
    await runOn('elsewhere');
    expect(clean(...args)).toMatchObject({
      status: 0,
      said: expect.stringContaining(inProject('elsewhere')),
    });
    expect(existsSync(inProject('dist/src/app.js'))).toBe(true);
    expect(existsSync(inProject(cleaned))).toBe(false);
  });

  it('takes dist once that system has ended, whether or not it could say so', async () => {
    const folder = await runOn('elsewhere');
    folder.release();
    expect(clean()).toEqual({ status: 0, said: '' });
    expect(existsSync(inProject('dist'))).toBe(false);
  });
});
