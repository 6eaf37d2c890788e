import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { chosen, dataOf } from '../../nbd/support/nbd-client';
import type { GoldenDisk } from '../../vault/support/golden-history';
import type { RunningCommand } from '../support/run-command';
import { type CopiedVault, copiedVault, loseChunks } from './support/copied-vault';

let copy: CopiedVault;
let last: GoldenDisk;
beforeAll(async () => {
  copy = await copiedVault();
  last = copy.disks.filter(({ diskId }) => diskId === 'os').at(-1)!;
});
afterAll(() => copy.end());

const serve = (...args: string[]) =>
  copy.start(['point', 'serve', 'golden@latest', '--vault', copy.vault, ...args]);
const end = (server: RunningCommand) => {
  server.child.kill('SIGINT');
  return server.ended;
};

async function bytesFrom(socket: string, disk: GoldenDisk, offset: number, length: number) {
  const client = await chosen({ socket }, `${disk.pointId}/${disk.diskId}`);
  client.request(0, offset, length, 0);
  const replies = await client.replies();
  client.close();
  return { error: replies[0]?.error, data: () => dataOf(replies, offset, length).bytes };
}

it('all disks of a point are served on a socket that only its owner can open, until Ctrl-C', async () => {
  const server = serve();
  await server.says('Ctrl-C ends it.');
  const probe = /socket=(\S+)/.exec(server.soFar())![1]!;
  expect(statSync(probe).mode & 0o777).toBe(0o600);
  for (const disk of copy.disks.slice(-2)) {
    const length = Math.min(4096, disk.snapshot.sizeBytes);
    const { data } = await bytesFrom(probe, disk, 0, length);
    expect(data().equals(disk.snapshot.bytes().subarray(0, length))).toBe(true);
  }
  const { code, stdout, stderr } = await end(server);
  expect({ code, stderr }).toEqual({ code: 0, stderr: 'Ctrl-C ends it.\n' });
  expect(stdout).toMatch(/^DISK +ADDRESS\n/);
  expect(stdout).toContain(`nbd+unix:///${last.pointId}/os?socket=`);
  expect(stdout).toContain(`nbd+unix:///${last.pointId}/lun-0?socket=`);
  expect(existsSync(probe)).toBe(false);
});

it('one disk is served on a port, and told as JSON', async () => {
  const server = serve('--disk', 'os', '--port', '0', '-o', 'json');
  await server.says('Ctrl-C ends it.');
  const { code, stdout } = await end(server);
  expect(code).toBe(0);
  const { exports } = JSON.parse(stdout);
  expect(exports).toEqual([
    { name: `${last.pointId}/os`, uri: expect.stringMatching(/^nbd:\/\/127\.0\.0\.1:\d+\//) },
  ]);
});

it('several points are served by one command', async () => {
  const server = copy.start([
    'point',
    'serve',
    'golden@latest',
    'golden@-1',
    '--vault',
    copy.vault,
    '-o',
    'tsv',
  ]);
  await server.says('Ctrl-C ends it.');
  expect((await end(server)).stdout.trim().split('\n')).toHaveLength(1 + 4);
});

it('an overlay has one server, and keeps what was written for the next', async () => {
  const socket = path.join(copy.folder, 's');
  const overlay = ['--disk', 'os', '--overlay', path.join(copy.folder, 'changes')];
  const server = serve(...overlay, '--socket', socket);
  await server.says('Ctrl-C ends it.');
  const second = await serve(...overlay).ended;
  expect(second).toMatchObject({ code: 8, stdout: '', stderr: expect.stringMatching(/^OverlayInUse: /) });
  expect((await serve('--socket', socket).ended).code).toBe(8);

  const client = await chosen({ socket }, `${last.pointId}/os`);
  client.request(1, 0, 512);
  client.send(Buffer.alloc(512, 'W'));
  expect((await client.replies())[0]?.error).toBe(0);
  client.close();
  expect((await end(server)).code).toBe(0);

  const next = serve(...overlay, '--socket', socket);
  await next.says('Ctrl-C ends it.');
  expect((await bytesFrom(socket, last, 0, 512)).data().equals(Buffer.alloc(512, 'W'))).toBe(true);
  await end(next);
  const plain = serve('--socket', socket, '--disk', 'os');
  await plain.says('Ctrl-C ends it.');
  expect((await bytesFrom(socket, last, 0, 512)).data().equals(last.snapshot.bytes().subarray(0, 512))).toBe(
    true,
  );
  await end(plain);
});

it('what is lost of the vault is told on stderr; the rest is served', async () => {
  const vault = await copy.another();
  const socket = path.join(copy.folder, 'd');
  const server = copy.start(['point', 'serve', 'golden@latest', '--vault', vault, '--socket', socket]);
  await server.says('Ctrl-C ends it.');
  loseChunks(vault);
  expect((await bytesFrom(socket, last, 0, 4096)).error).toBe(5);
  await server.says(`${last.pointId}/os cannot be read at 0+4194304: VaultObjectMissing`);
  // A hole is not in the vault, so it cannot be lost there.
  expect((await bytesFrom(socket, last, 8 * 2 ** 20, 512)).error).toBe(0);
  expect((await end(server)).code).toBe(0);
});

it('what cannot be served is refused', async () => {
  expect((await serve('--socket', 's', '--port', '0').ended).code).toBe(2);
  expect((await serve('--port', '99999').ended).code).toBe(2);
  expect((await serve('--cache', 'much').ended).code).toBe(2);
  expect(await serve('--socket', 'x'.repeat(200)).ended).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('ServeAddressRefused: '),
  });
});
