// The commands that read a vault by themselves, on the vault of a system that runs.

import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { projectRoot } from '../../local/process/project-root';
import { type CommandSystem, startCommandSystem } from '../cli/support/system';
import { chosen, dataOf } from '../nbd/support/nbd-client';

describe('vmbackup on the vault of npm start', () => {
  let system: CommandSystem;
  let container: string;
  beforeAll(async () => {
    system = await startCommandSystem();
    container = `${system.storage()}/vault`;
    await system.json('backup', 'start', 'web-1', '--wait');
  });
  afterAll(() => system.end());

  const image = () => readFileSync(path.join(system.folder, 'fleet', 'web-1-0.first.img'));
  const newest = async () => (await system.json<{ id: string }>('point', 'show', 'web-1@latest')).id;

  it('a disk is exported from the vault of the system that runs here, and is what the VM had', async () => {
    const { code, stderr } = await system.vmbackup(
      'point',
      'export',
      'web-1@latest',
      '--disk',
      'os',
      '--to',
      'os.img',
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: `${await newest()}/os\n` });
    expect(readFileSync(path.join(system.folder, 'os.img')).equals(image())).toBe(true);
  });

  it('its container tells the same of a point as the API, but for what only Azure knows', async () => {
    for (const args of [
      ['point', 'list', 'web-1'],
      ['point', 'show', 'web-1@latest'],
    ]) {
      const asked = JSON.stringify(await system.json(...args));
      const read = JSON.stringify(await system.json(...args, '--vault', container));
      expect(read).toBe(asked.replaceAll('"tier":"snapshot+vault"', '"tier":"vault"'));
    }
    const named = { cwd: '/', env: { VMBACKUP_VAULT: container } };
    expect((await system.start(['point', 'show', 'web-1@latest', '-o', 'tsv'], named).ended).code).toBe(0);
    expect((await system.vmbackup('point', 'verify', 'web-1@latest', '--vault', container)).code).toBe(0);
    const usage = await system.json('vault', 'usage', '--vault', container);
    expect(system.faults('GET', 'vault', usage)).toEqual([]);
  });

  it('is opened without the library of identities, unless who somebody is counts', async () => {
    const spy = path.join(system.folder, 'spy.cjs');
    await writeFile(
      spy,
      `const { Module, isBuiltin } = require('node:module');
       const load = Module._load;
       Module._load = (name, ...rest) => { if (/^@azure.(identity|storage-blob)$/.test(name)) console.error('loads', name); return load(name, ...rest); };`,
    );
    const { code, stderr } = await system.start(['vault', 'check', '--vault', container], {
      env: { NODE_OPTIONS: `--require ${spy}` },
    }).ended;
    expect(code).toBe(0);
    expect(stderr).toContain('loads @azure/storage-blob');
    expect(stderr).not.toContain('loads @azure/identity');
  });

  it('it is copied to a folder, which is checked by itself', async () => {
    expect(await system.json('vault', 'copy', '--to', 'copy')).toMatchObject({
      copied: [await newest()],
      refused: [],
    });
    const copy = path.join(system.folder, 'copy');
    const alone = await system.start(['vault', 'check', copy, '-o', 'json'], { cwd: '/' }).ended;
    expect(JSON.parse(alone.stdout)).toMatchObject({ sound: true, points: 1 });
    expect(
      await system.json('point', 'copy', 'web-1@latest', '--to', `${system.storage()}/second`),
    ).toMatchObject({
      copied: [await newest()],
    });
    expect(await system.json('vault', 'check', '--vault', `${system.storage()}/second`)).toMatchObject({
      sound: true,
    });
  });

  it('its points are served', async () => {
    const server = system.start(['point', 'serve', 'web-1@latest', '--disk', 'os', '-o', 'json']);
    await server.says('Ctrl-C ends it.');
    const { exports } = JSON.parse(server.soFar());
    const client = await chosen(
      { socket: new URL(exports[0].uri).searchParams.get('socket')! },
      exports[0].name,
    );
    client.request(0, 0, 4096);
    expect(dataOf(await client.replies(), 0, 4096).bytes.equals(image().subarray(0, 4096))).toBe(true);
    client.close();
    server.child.kill('SIGINT');
    expect((await server.ended).code).toBe(0);
  });

  it('a profile knows where the vault of a system is, without what opens it', async () => {
    const elsewhere = path.join(system.folder, 'elsewhere');
    await mkdir(elsewhere);
    const options = { cwd: elsewhere, env: { XDG_CONFIG_HOME: elsewhere } };
    const run = (...args: string[]) => system.start(args, options).ended;
    expect((await run('config', 'set', 'prod', '--url', system.address())).code).toBe(0);
    const args = [
      'point',
      'export',
      'web-1@latest',
      '--disk',
      'lun-0',
      '--to',
      'data.img',
      '--profile',
      'prod',
    ];
    expect(await run(...args)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^The profile prod does not say where its vault is\.\nName it: --vault/),
    });
    const secret = await run('config', 'set', 'prod', '--vault', `${container}?sig=secret`);
    expect(secret).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no secret stands in a profile'),
    });
    expect((await run('config', 'set', 'prod', '--vault', container)).code).toBe(0);
    expect((await run(...args)).code).toBe(0);
    expect((await run('config', 'show')).stdout).toContain(container);
  });

  it('the five commands of the first page of README.md print what it shows', async () => {
    const page = readFileSync(path.join(projectRoot(), 'README.md'), 'utf8');
    const shown = [...page.matchAll(/^\$ npx vmbackup (.+)\n((?:(?!\$ |```).*\n)*)/gm)];
    expect(shown).toHaveLength(5);
    for (const [, line = '', text = ''] of shown) {
      const { code, stdout } = await system.vmbackup(...line.split(' '));
      expect([line, code]).toEqual([line, 0]);
      const printed = stdout.split('\n').map(shapeOf);
      for (const wanted of text.split('\n').map(shapeOf).filter(Boolean)) {
        expect(printed.some((one) => one.startsWith(wanted)) || [wanted, printed]).toBe(true);
      }
    }
  });
});

/** What of a line is the same for every system: headings, what a field is called. Of rows nothing is. */
function shapeOf(line: string): string {
  const [first = '', ...more] = line.replace(/ *…$/, '').split(/ {2,}/);
  if (/^[A-Z ]{2,}$/.test(first)) return [first, ...more].join(' ');
  return /^[A-Z]/.test(first) && more.length > 0 ? first : '';
}
