// Programs that other people wrote, which know nothing of this one but the protocol.

import type { ChildProcess } from 'node:child_process';
import { on } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type ServeOptions, servePoints } from '../../nbd/serve-points';
import { countingBlobStore } from '../../src/storage/counting-blob-store';
import { memoryBlobStore } from '../../src/storage/memory-blob-store';
import { openVault, openVaultToRead, type Vault } from '../../src/vault/vault';
import { type RunningCommand, startCommand } from '../cli/support/run-command';
import { backUp } from '../vault/support/backups';
import { copyToFolder } from '../vault/support/vault-folder';
import { kernelImage, missingTools, run, start } from './support/device-tools';
import { imageSource } from './support/image-source';
import { initialRamDisk, LETTER, makeLinuxDisk, SENTINEL } from './support/linux-disk';

const missing = missingTools();

test('what these tests need is installed, or is named', () => {
  if (missing.length > 0)
    console.warn(
      `Served points were not tried with other programs; .ci/install-device-tools brings ${missing.join(', ')}.`,
    );
  expect(process.env.DEVICE_TOOLS_REQUIRED === '1' ? missing : []).toEqual([]);
});

if (missing.length === 0) describe('a served point', conformance);

function conformance() {
  const folder = mkdtempSync(path.join(tmpdir(), 'conformance-'));
  const image = path.join(folder, 'disk.img');
  let vault: Vault;
  let requests: () => number;
  let pointId: string;
  /** The vault in a folder, for the command. */
  const copy = path.join(folder, 'copy');
  let command: RunningCommand | undefined;

  beforeAll(async () => {
    await makeLinuxDisk(folder, image);
    const memory = memoryBlobStore();
    ({ pointId } = await backUp(await openVault(memory), [{ diskId: 'os', source: imageSource(image) }]));
    const counted = countingBlobStore(memory);
    requests = counted.requests;
    await copyToFolder(memory, copy);
    vault = await openVaultToRead(counted);
  });
  afterAll(() => {
    // A test that failed may have left it.
    if (command?.child.exitCode === null) command.child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  /** Serves the point while `work` goes on. */
  async function served<T>(
    work: (uri: string) => Promise<T>,
    options: Partial<ServeOptions> = {},
  ): Promise<T> {
    const server = await servePoints(vault, { points: [{ pointId }], ...options });
    try {
      return await work(server.uris[0]?.uri ?? '');
    } finally {
      await server.close();
    }
  }
  /** The same by `vmbackup point serve`, with nothing but a copy of the vault. */
  async function servedByCommand<T>(work: (uri: string) => Promise<T>, ...options: string[]): Promise<T> {
    const server = startCommand(['point', 'serve', pointId, '--vault', copy, '-o', 'json', ...options], {
      cwd: folder,
    });
    command = server;
    await server.says('Ctrl-C ends it.');
    try {
      return await work(JSON.parse(server.soFar()).exports[0].uri);
    } finally {
      server.child.kill('SIGINT');
      expect((await server.ended).code).toBe(0);
    }
  }
  const sameAsImage = (file: string) => readFileSync(file).equals(readFileSync(image));

  /** Mounts the export as a file while `work` goes on. */
  async function asFile<T>(uri: string, work: (file: string) => Promise<T>): Promise<T> {
    const mount = mkdtempSync(path.join(folder, 'mount-'));
    const ready = path.join(folder, 'nbdfuse.pid');
    rmSync(ready, { force: true });
    const nbdfuse = start('nbdfuse', '-P', ready, mount, uri);
    const ended = new Promise<void>((resolve) => nbdfuse.once('close', () => resolve()));
    try {
      await appears(ready, nbdfuse);
      return await work(path.join(mount, 'nbd'));
    } finally {
      await run('fusermount3', '-u', mount);
      await ended;
    }
  }

  test('is told by nbdinfo: size, flags, contexts, and the map of data and holes', () =>
    served(async (uri) => {
      const { exports } = JSON.parse(await run('nbdinfo', '--json', uri));
      expect(exports[0]).toMatchObject({
        'export-name': `${pointId}/os`,
        'export-size': 64 * 2 ** 20,
        is_read_only: true,
        can_multi_conn: true,
        can_cache: true,
        can_df: true,
        contexts: ['base:allocation'],
      });
      const map: { offset: number; length: number; type: number }[] = JSON.parse(
        await run('nbdinfo', '--map', '--json', uri),
      );
      expect(map.reduce((end, { length }) => end + length, 0)).toBe(64 * 2 ** 20);
      expect(new Set(map.map(({ type }) => type))).toEqual(new Set([0, 3]));
    }));

  test('is listed by nbdinfo, also over TCP', () =>
    served(
      async (uri) => {
        expect(uri).toMatch(/^nbd:\/\/127\.0\.0\.1:\d+\//);
        const { exports } = JSON.parse(await run('nbdinfo', '--list', '--json', uri));
        expect(exports).toHaveLength(1);
      },
      { address: { port: 0 } },
    ));

  test('is copied by nbdcopy, over four connections and one', () =>
    served(async (uri) => {
      for (const connections of ['4', '1']) {
        const copy = path.join(folder, `copy-${connections}`);
        await run('nbdcopy', `--connections=${connections}`, uri, copy);
        expect(sameAsImage(copy)).toBe(true);
        rmSync(copy);
      }
    }));

  test('is read by qemu-img: info, convert, compare; convert fetches each chunk with data once', () =>
    served(async (uri) => {
      expect(JSON.parse(await run('qemu-img', 'info', '--output=json', uri))).toMatchObject({
        'virtual-size': 64 * 2 ** 20,
        format: 'raw',
      });
      const map = JSON.parse(await run('nbdinfo', '--map', '--json', uri));
      const chunks = map.reduce(
        (sum: number, { length, type }: { length: number; type: number }) =>
          type === 0 ? sum + Math.ceil(length / 2 ** 22) : sum,
        0,
      );
      const before = requests();
      const copy = path.join(folder, 'copy.qcow2');
      await run('qemu-img', 'convert', '-f', 'raw', '-O', 'qcow2', uri, copy);
      expect(requests() - before).toBeLessThanOrEqual(chunks + Math.max(1, Math.floor(chunks * 0.02)));
      expect(await run('qemu-img', 'compare', '-f', 'raw', '-F', 'qcow2', image, copy)).toContain(
        'identical',
      );
      expect(await run('qemu-img', 'compare', '-f', 'raw', '-F', 'raw', image, uri)).toContain('identical');
    }));

  test('gives a file back through nbdfuse and debugfs', () =>
    served((uri) =>
      asFile(uri, async (file) => {
        expect(await run('debugfs', '-R', 'ls -p /home', file)).toContain('letter.txt');
        const out = path.join(folder, 'letter.txt');
        await run('debugfs', '-R', `dump /home/letter.txt ${out}`, file);
        expect(readFileSync(out, 'utf8')).toBe(LETTER);
      }),
    ));

  test('can be used as docs/served-points.md shows', () =>
    served(async (uri) => {
      const page = readFileSync(path.join(__dirname, '../../docs/served-points.md'), 'utf8');
      const blocks = [...page.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, block]) => block ?? '');
      expect(blocks).toHaveLength(3);
      const shell = mkdtempSync(path.join(folder, 'shell-'));
      const script = `set -e; export PATH="$PATH:/usr/sbin:/sbin" URI='${uri}'; cd '${shell}'`;
      for (const block of blocks) await run('bash', '-c', `${script}\n${block}\nwait`);
      expect(readFileSync(path.join(shell, 'letter.txt'), 'utf8')).toBe(LETTER);
      expect(sameAsImage(path.join(shell, 'disk.img'))).toBe(true);
    }));

  test('is written by qemu-io through an overlay, and looks so to who reads it', () =>
    served(
      async (uri) => {
        const commands = [
          'write -P 0xab 4k 8k',
          'write -f -P 0xcd 100663 1000',
          'write -z 8M 1M',
          'discard 12M 4M',
          'flush',
          'read -P 0xab 4k 8k',
          'read -P 0xcd 100663 1000',
          'read -P 0 8M 1M',
          'read -P 0 12M 4M',
        ];
        const said = await run(
          'qemu-io',
          '-f',
          'raw',
          ...commands.flatMap((command) => ['-c', command]),
          uri,
        );
        expect(said).not.toMatch(/failed|error/i);
        const expected = readFileSync(image);
        expected.fill(0xab, 4096, 3 * 4096).fill(0xcd, 100_663, 101_663);
        expected.fill(0, 2 ** 23, 9 * 2 ** 20).fill(0, 12 * 2 ** 20, 2 ** 24);
        const copy = path.join(folder, 'written');
        await run('nbdcopy', uri, copy);
        expect(readFileSync(copy).equals(expected)).toBe(true);
      },
      { writable: {} },
    ));

  test('of the command is the same to all of them', () =>
    servedByCommand(async (uri) => {
      const { exports } = JSON.parse(await run('nbdinfo', '--json', uri));
      expect(exports[0]).toMatchObject({ 'export-size': 64 * 2 ** 20, is_read_only: true });
      const file = path.join(folder, 'by-command');
      await run('nbdcopy', uri, file);
      expect(sameAsImage(file)).toBe(true);
      expect(await run('qemu-img', 'compare', '-f', 'raw', '-F', 'raw', file, uri)).toContain('identical');
    }));

  test('of the command boots in qemu from an overlay: it prints its line, and writes to the overlay alone', async () => {
    const ramDisk = path.join(folder, 'initrd');
    writeFileSync(ramDisk, initialRamDisk());
    const overlay = ['--overlay', 'overlay'];
    const said = await servedByCommand((uri) => boot(uri, ramDisk), ...overlay);
    expect(said).toContain(`${SENTINEL}: web-1`);
    const booted = (uri: string) => asFile(uri, (file) => run('debugfs', '-R', 'cat /var/booted', file));
    expect(await servedByCommand(booted, ...overlay)).toBe('booted\n');
    expect(await servedByCommand(booted)).toBe('');
  });
}

/** Waits for a file that a program makes when it is ready. */
async function appears(file: string, program: ChildProcess): Promise<void> {
  const watcher = watch(path.dirname(file));
  try {
    const changes = on(watcher, 'change', { signal: ended(program) });
    if (!existsSync(file)) for await (const _change of changes) if (existsSync(file)) return;
  } finally {
    watcher.close();
  }
}

function ended(program: ChildProcess): AbortSignal {
  const controller = new AbortController();
  program.once('close', () => controller.abort());
  return controller.signal;
}

/** Boots a machine from a disk, and answers what it said until it switched itself off. */
async function boot(uri: string, ramDisk: string): Promise<string> {
  const args = [
    '-m',
    '256',
    '-display',
    'none',
    '-serial',
    'stdio',
    '-monitor',
    'none',
    '-no-reboot',
    '-nic',
    'none',
  ];
  // Not KVM: where that is offered inside a virtual machine, it may well be there and not boot anything.
  const accelerators = ['-accel', 'tcg'];
  const drive = ['-drive', `file=${uri},format=raw,if=virtio`];
  const kernel = ['-kernel', kernelImage() ?? '', '-initrd', ramDisk];
  const append = ['-append', 'console=ttyS0 panic=-1'];
  const machine = start('qemu-system-x86_64', ...args, ...accelerators, ...drive, ...kernel, ...append);
  let said = '';
  machine.stdout?.on('data', (text) => {
    said += text;
  });
  machine.stderr?.on('data', (text) => {
    said += text;
  });
  await new Promise<void>((resolve) => machine.once('close', () => resolve()));
  return said;
}
