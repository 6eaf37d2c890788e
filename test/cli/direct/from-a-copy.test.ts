// What a person does in the worst hour: the app, the subscription and Azure are gone, the copy is there.

import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { compiled, projectRoot } from '../../../local/process/project-root';
import { type ApiContract, readContract } from '../../functions/support/api-contract';
import type { GoldenDisk } from '../../vault/support/golden-history';
import { type CopiedVault, copiedVault, loseChunks } from './support/copied-vault';

let copy: CopiedVault;
let contract: ApiContract;
let last: GoldenDisk;
beforeAll(async () => {
  copy = await copiedVault();
  contract = await readContract(
    JSON.parse(readFileSync(path.join(projectRoot(), 'docs/openapi.json'), 'utf8')),
  );
  last = copy.disks.filter(({ diskId }) => diskId === 'os').at(-1)!;
});
afterAll(() => copy.end());

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const file = (name: string) => path.join(copy.folder, name);
const faults = (route: string, body: unknown) =>
  contract.faults('GET', route, {
    status: 200,
    headers: new Headers({ 'content-type': 'application/json' }),
    body,
  });

async function json<T>(...args: string[]): Promise<T> {
  const { code, stdout, stderr } = await copy.vmbackup(...args, '-o', 'json');
  if (code !== 0) throw new Error(`vmbackup ${args.join(' ')} ended with ${code}: ${stderr}`);
  return JSON.parse(stdout) as T;
}

describe('points', () => {
  it('are listed and shown as the API would, oldest first, with those that are deleted on demand', async () => {
    type List = { recoveryPoints: { id: string; deleted?: object }[]; refused: [] };
    const list = await json<List>('point', 'list');
    expect(faults('vms/golden/recovery-points', list)).toEqual([]);
    expect(list.recoveryPoints.map(({ id }) => id)).toEqual([
      ...new Set(copy.disks.map(({ pointId }) => pointId)),
    ]);
    expect(await json('point', 'list', 'golden')).toEqual(list);
    const all = await json<List>('point', 'list', 'golden', '--deleted');
    expect(all.recoveryPoints.filter(({ deleted }) => deleted)).toHaveLength(1);
    const shown = await json<{ id: string }>('point', 'show', 'golden@latest');
    expect([shown.id, faults(`recovery-points/${shown.id}`, shown)]).toEqual([last.pointId, []]);
  });

  it('are found by the same short names; what is not there is said with where to look', async () => {
    const before = copy.disks.filter(({ diskId }) => diskId === 'os').at(-2)!;
    expect(await json('point', 'show', 'gol@-1')).toMatchObject({ id: before.pointId });
    expect(await json('point', 'show', 'golden@2030-01-01')).toMatchObject({ id: last.pointId });
    expect(await copy.vmbackup('point', 'show', 'golden@2001-01-01')).toEqual({
      code: 3,
      stdout: '',
      stderr: 'There is no recovery point "golden@2001-01-01".\nvmbackup point list lists them.\n',
    });
    expect((await copy.vmbackup('point', 'show', 'nobody.20300101t000000z')).code).toBe(3);
  });

  it('are read back by verify and check', async () => {
    expect(await json('point', 'verify', 'golden@latest')).toMatchObject({ sound: true, points: 1 });
    const checked = await copy.start(['vault', 'check', copy.vault]).ended;
    expect(checked).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Sound +yes/m) });
    expect((await copy.start(['vault', 'check', copy.vault, '--vault', copy.vault]).ended).code).toBe(2);
  });

  it('and the vault is counted as the API would have it', async () => {
    const usage = await json<{ points: number; totalBytes: number }>('vault', 'usage');
    expect(faults('vault', usage)).toEqual([]);
    expect(usage).toMatchObject({ points: 11, deletedPoints: 1 });
  });
});

/** The words of a command that exports a disk of the newest point. */
const exporting = (disk: string, to: string) => [
  ...['point', 'export', 'golden@latest', '--disk', disk, '--to', to],
];

describe('a disk', () => {
  it('becomes a file, to its last byte, and the SHA-256 of that is told', async () => {
    const bytes = last.snapshot.bytes();
    const { code, stdout, stderr } = await copy.vmbackup(...exporting('os', 'os.img'));
    expect({ code, stderr }).toEqual({ code: 0, stderr: `${last.pointId}/os\n` });
    expect(readFileSync(file('os.img')).equals(bytes)).toBe(true);
    expect(stdout).toContain(`SHA-256              ${sha256(bytes)}\n`);
    const again = await copy.vmbackup(...exporting('os', 'os.img'));
    expect(again).toMatchObject({ code: 8, stdout: '', stderr: expect.stringContaining('ExportExists: ') });
  });

  it('becomes a fixed VHD, also in a folder, and is named by its name or LUN as well', async () => {
    mkdirSync(file('disks'));
    type Exported = { file: string; sha256: string; sizeBytes: number };
    const done = await json<Exported>(...exporting('-1', 'disks'), '--format', 'vhd');
    expect(done.file).toBe(path.join('disks', `${last.pointId}-os.vhd`));
    const vhd = readFileSync(file(done.file));
    expect([vhd.length, sha256(vhd)]).toEqual([done.sizeBytes, done.sha256]);
    expect(vhd.subarray(0, last.snapshot.sizeBytes).equals(last.snapshot.bytes())).toBe(true);
    expect(vhd.toString('latin1', vhd.length - 512, vhd.length - 504)).toBe('conectix');
    expect(await json(...exporting('disk-lun-0', 'data.img'), '--no-digest')).toEqual(
      expect.not.objectContaining({ sha256: expect.anything() }),
    );
  });

  it('goes to stdout, and words to stderr', async () => {
    const run = copy.start([...exporting('lun-0', '-'), '--vault', copy.vault]);
    const pieces: Buffer[] = [];
    run.child
      .stdout!.removeAllListeners('data')
      .setEncoding('latin1' as BufferEncoding)
      .on('data', (text: string) => pieces.push(Buffer.from(text, 'latin1')));
    const { code, stderr } = await run.ended;
    const bytes = copy.disks.at(-1)!.snapshot.bytes();
    expect(code).toBe(0);
    expect(Buffer.concat(pieces).equals(bytes)).toBe(true);
    expect(stderr).toBe(`${last.pointId}/lun-0\nSHA-256 ${sha256(bytes)}\n`);
  });

  it('that nobody takes is not waited for: Ctrl-C ends it, and a file is left to go on with', async () => {
    const run = copy.start([...exporting('os', '-'), '--vault', copy.vault]);
    run.child.stdout!.pause();
    await run.says(`${last.pointId}/os`);
    run.child.kill('SIGINT');
    run.child.stdout!.resume();
    expect(await run.ended).toMatchObject({ code: 130, stderr: expect.stringContaining('Stopped.') });
  });

  it('has to be named where there are several, and what does not fit together is refused', async () => {
    const several = await copy.vmbackup('point', 'export', 'golden@latest', '--to', 'any.img');
    expect(several).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('  lun-0  (disk-lun-0)\nSay which with --disk.'),
    });
    const never = (...args: string[]) =>
      copy.vmbackup('point', 'export', 'golden@latest', '--disk', 'os', ...args);
    expect((await never('--to', '-', '--format', 'vhd')).code).toBe(2);
    expect((await never('--to', '-', '--resume')).code).toBe(2);
    expect((await never('--disk', 'lun-9', '--to', 'any.img')).code).toBe(3);
    expect(await never('--to', 'https://account.blob.core.windows.net/disk')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('UploadAddressInvalid: '),
    });
    expect((await never('--to', path.join('nowhere', 'any.img'))).code).toBe(1);
  });
});

describe('damage', () => {
  it('ends an export with 10 and its places; what can be read is kept, and the rest can be left as zeros', async () => {
    const vault = await copy.another();
    const lost = loseChunks(vault);
    const out = file('damaged.img');
    const args = [...exporting('os', out), '--vault', vault];
    const refused = await copy.start(args).ended;
    expect(refused).toMatchObject({ code: 10, stdout: '' });
    expect(refused.stderr).toContain('ExportIncomplete: ');
    expect(refused.stderr).toMatch(/^ {2}0\+4194304 {2}\(4 MiB, chunks\//m);
    expect(refused.stderr).toContain(`What can be read is in ${out}.partial.`);
    expect([existsSync(out), existsSync(`${out}.partial`)]).toEqual([false, true]);

    const skipped = await copy.start([...args, '--skip-damaged', '--resume', '--strict']).ended;
    expect(skipped).toMatchObject({
      code: 7,
      stderr: expect.stringContaining('What could not be read is zeros now:\n  0+4194304'),
    });
    expect([existsSync(out), existsSync(`${out}.partial`)]).toEqual([true, false]);

    const streamed = await copy.start([...exporting('os', '-'), '--vault', vault]).ended;
    expect(streamed).toMatchObject({ code: 10, stderr: expect.stringContaining('ExportIncomplete: ') });
    expect(lost.length).toBeGreaterThan(0);
  });

  it('healed, an export goes on where it was: only what was missing is fetched', async () => {
    const vault = await copy.another();
    loseChunks(vault);
    const out = file('healed.img');
    const args = [...exporting('os', out), '-o', 'json'];
    expect((await copy.start([...args, '--vault', vault]).ended).code).toBe(10);
    const { stdout } = await copy.start([...args, '--resume', '--vault', copy.vault]).ended;
    const { fetchedBytes, reusedBytes } = JSON.parse(stdout);
    expect(fetchedBytes).toBeGreaterThan(0);
    expect(reusedBytes).toBeGreaterThan(0);
    expect(readFileSync(out).equals(last.snapshot.bytes())).toBe(true);
  });

  it('is what check, verify and copy end with 10 for, each with its places', async () => {
    const vault = await copy.another();
    loseChunks(vault);
    for (const args of [
      ['vault', 'check'],
      ['point', 'verify', 'golden@latest'],
      ['vault', 'copy', '--to', 'of-damaged'],
    ]) {
      const { code, stdout } = await copy.start([...args, '--vault', vault]).ended;
      expect([args, code, stdout]).toEqual([args, 10, expect.stringContaining('VaultObjectMissing')]);
    }
  });
});

describe('a copy', () => {
  it('is a vault by itself; the same again copies nothing', async () => {
    const first = await json<{ copied: string[]; copiedBlobs: number }>('vault', 'copy', '--to', 'second');
    expect(first.copied).toHaveLength(11);
    const check = await copy.start(['vault', 'check', 'second', '-o', 'json']).ended;
    expect(JSON.parse(check.stdout)).toMatchObject({ sound: true, points: 11 });
    expect(await json('vault', 'copy', '--to', 'second')).toMatchObject({ copied: [], copiedBlobs: 0 });
  });

  it('may be of a few points, by both commands', async () => {
    expect(await json('point', 'copy', 'golden@latest', 'golden@-1', '--to', 'few')).toMatchObject({
      points: 2,
    });
    expect(await json('vault', 'copy', '--point', 'golden@-2', '--to', 'few')).toMatchObject({ points: 1 });
    const { stdout } = await copy.start(['point', 'list', '--vault', 'few', '-o', 'jsonl']).ended;
    expect(stdout.trim().split('\n')).toHaveLength(3);
  });

  it('goes to no place that holds another vault', async () => {
    mkdirSync(file('other'));
    copyFileSync(path.join(copy.vault, 'vault.json'), file('other/vault.json'));
    writeFileSync(
      file('other/vault.json'),
      readFileSync(file('other/vault.json'), 'utf8').replace(/20\d\d-/, '1999-'),
    );
    expect(await copy.vmbackup('vault', 'copy', '--to', 'other')).toMatchObject({
      code: 8,
      stderr: expect.stringMatching(/^Copying\nCopyTargetIsAnotherVault: /),
    });
  });
});

describe('what is no vault', () => {
  const list = async (vault: string) => copy.start(['point', 'list', '--vault', vault]).ended;

  it('is told in one sentence and what to do', async () => {
    mkdirSync(file('empty'));
    for (const place of ['empty', 'nowhere', path.join(copy.vault, 'vault.json')]) {
      const { code, stdout, stderr } = await list(place);
      expect([place, code, stdout]).toEqual([place, 3, '']);
      expect(stderr).toMatch(/^VaultNotFound: [^\n]+\nName the container, or the folder of its copy/);
    }
    expect((await list('ftp://account/vault')).code).toBe(2);
  });

  it('so is a damaged vault.json, and one of a newer format', async () => {
    const damaged = await copy.another();
    writeFileSync(path.join(damaged, 'vault.json'), '{"formatVersion":1');
    expect(await list(damaged)).toMatchObject({
      code: 10,
      stderr: expect.stringMatching(/^Vault\w+: vault\.json[^\n]*\n[^\n]+\n$/),
    });
    const newer = await copy.another();
    writeFileSync(path.join(newer, 'vault.json'), '{"formatVersion":99}');
    expect(await list(newer)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^VaultVersionUnsupported: [^\n]*99[^\n]*\n[^\n]+\n$/),
    });
  });

  it('and without a vault it is asked for', async () => {
    const { code, stderr } = await copy.start(['point', 'export', 'golden@latest', '--to', 'x']).ended;
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Name it: --vault URL|FOLDER'),
    });
    const named = await copy.start(['point', 'list'], { env: { VMBACKUP_VAULT: copy.vault } }).ended;
    expect(named.code).toBe(0);
  });
});

it('a copy is read by the bundle alone, without any package', async () => {
  mkdirSync(file('alone'));
  copyFileSync(compiled('vmbackup.cjs'), file('alone/vmbackup.cjs'));
  const spy = file('alone/spy.cjs');
  writeFileSync(
    spy,
    `const { Module, isBuiltin } = require('node:module');
     const load = Module._load;
     Module._load = (name, ...rest) => { if (!isBuiltin(name) && !name.endsWith('vmbackup.cjs')) throw new Error('loads ' + name); return load(name, ...rest); };`,
  );
  const { execFileSync } = await import('node:child_process');
  const args = ['--require', spy, file('alone/vmbackup.cjs'), 'vault', 'check', copy.vault];
  expect(execFileSync(process.execPath, args, { cwd: copy.folder, encoding: 'utf8' })).toMatch(/^Sound +yes/);
});
