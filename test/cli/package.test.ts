import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { compiled, projectRoot } from '../../local/process/project-root';

const run = promisify(execFile);
const BUNDLE = compiled('vmbackup.cjs');

const WAYS_OUT =
  /^No system is named, and none runs here\.\nStart one with npm start, or name one: --url URL/;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'vmbackup-package-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('the bundle is one file of 400 KiB at most, and loads no package', async () => {
  expect(statSync(BUNDLE).size).toBeLessThanOrEqual(400 * 1024);
  const spy = path.join(folder, 'spy.cjs');
  await writeFile(
    spy,
    `const { Module, isBuiltin } = require('node:module');
     const load = Module._load;
     Module._load = (name, ...rest) => { if (!isBuiltin(name) && !name.endsWith('vmbackup.cjs')) console.log('loads', name); return load(name, ...rest); };`,
  );
  const { stdout } = await run(process.execPath, [
    '--require',
    spy,
    BUNDLE,
    'vm',
    'list',
    '--url',
    'http://127.0.0.1:9',
  ]).catch((error: { stdout: string }) => error);
  expect(stdout).toBe('');
});

it('what npm pack makes runs by itself, anywhere', async () => {
  const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
    cwd: projectRoot(),
  });
  const [packed] = Object.values(
    JSON.parse(stdout) as Record<string, { filename: string; files: { path: string }[] }>,
  );
  // npm packs what `main` names, the functions, whatever `files` says: they are small.
  const files = packed!.files
    .map((file) => file.path)
    .filter((file) => !file.startsWith('dist/src/'))
    .sort();
  expect(files).toEqual([
    'LICENSE',
    'README.md',
    'dist/vmbackup.cjs',
    'docs/command-line.md',
    'docs/served-points.md',
    'package.json',
  ]);
  await run('tar', ['-xzf', path.join(folder, packed!.filename), '-C', folder]);
  const { bin } = JSON.parse(await readFile(path.join(folder, 'package', 'package.json'), 'utf8'));
  const program = path.join(folder, 'package', bin.vmbackup);
  const ran = await run(program, ['--help'], { cwd: folder });
  expect(ran.stdout).toContain('Usage: vmbackup');

  const env = { PATH: process.env.PATH, XDG_CONFIG_HOME: folder, HOME: folder };
  const alone = await run(program, ['vm', 'list'], { cwd: folder, env }).catch(
    (error: { code: number; stderr: string }) => error,
  );
  expect(alone).toMatchObject({ code: 9, stderr: expect.stringMatching(WAYS_OUT) });
});

it('an older Node is told in one line which one is wanted', async () => {
  const old = path.join(folder, 'old.cjs');
  await writeFile(
    old,
    `Object.defineProperty(process.versions, 'node', { value: '22.14.0' }); require(${JSON.stringify(BUNDLE)});`,
  );
  const child = execFile(process.execPath, [old]);
  let stderr = '';
  child.stderr?.on('data', (text) => {
    stderr += text;
  });
  const [code] = await once(child, 'close');
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: 'vmbackup needs Node 22.15 or newer; this is 22.14.0.\n',
  });
});
