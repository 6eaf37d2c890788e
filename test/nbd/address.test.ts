import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type ServeAddress, uriOf } from '../../nbd/address';
import { SimulatedDisk } from '../vault/support/simulated-disk';
import { chosen } from './support/nbd-client';
import { MiB, pattern, serve, vaultWithPoint } from './support/served-vault';

const folder = mkdtempSync(path.join(tmpdir(), 'address-'));
afterAll(() => rmSync(folder, { recursive: true }));
let made: Awaited<ReturnType<typeof vaultWithPoint>>;
beforeAll(async () => {
  const disk = new SimulatedDisk(2 ** 40);
  disk.write(2 ** 40 - 4096, pattern(4096));
  made = await vaultWithPoint({ os: disk });
});
const at = (address: ServeAddress) => serve(made.vault, made.pointId, { address });
const socketOf = (name: string) => ({ socket: path.join(folder, name) });

test('the loopback is the only network that is served', async () => {
  for (const host of ['0.0.0.0', '::', '192.168.0.1', 'example.org', '127.0.0.1.example.org', ''])
    await expect(at({ host, port: 0 })).rejects.toThrow('ServeAddressRefused');
  const server = await at({ host: 'localhost', port: 0 });
  expect(server.uris[0]?.uri).toMatch(/^nbd:\/\/127\.0\.0\.1:\d+\/vm-1\.\w+\/os$/);
  if (!('port' in server.address)) throw new Error('it has a port');
  await expect(at({ port: server.address.port })).rejects.toThrow('ServeAddressInUse');
  await server.close();
});

test('a socket that a server answers on, and a file that is none, are left alone', async () => {
  const address = socketOf('taken.sock');
  const server = await at(address);
  await expect(at(address)).rejects.toThrow('ServeAddressInUse');
  await server.close();
  expect(existsSync(address.socket)).toBe(false);
  writeFileSync(address.socket, 'precious');
  await expect(at(address)).rejects.toThrow('ServeAddressInUse');
  expect(readFileSync(address.socket, 'utf8')).toBe('precious');
});

test('a socket that a killed server left behind is taken over', async () => {
  const address = socketOf('dead.sock');
  const listening = `require('net').createServer().listen(${JSON.stringify(address.socket)}, () => console.log('up'))`;
  const killed = spawn(process.execPath, ['-e', listening], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(killed.stdout, 'data');
  killed.kill('SIGKILL');
  await once(killed, 'close');
  expect(existsSync(address.socket)).toBe(true);
  const server = await at(address);
  expect(statSync(address.socket).mode & 0o777).toBe(0o600);
  await server.close();
});

test('a path that no socket can have is refused before anything is made', async () => {
  await expect(at(socketOf('x'.repeat(120)))).rejects.toThrow('ServeAddressRefused');
  await expect(at({ socket: path.join(folder, 'nowhere', 'nbd.sock') })).rejects.toThrow(
    'ServeAddressRefused',
  );
});

test('a socket of its own goes with its folder', async () => {
  const server = await serve(made.vault, made.pointId);
  if (!('socket' in server.address)) throw new Error('it is a socket');
  expect(statSync(path.dirname(server.address.socket)).mode & 0o077).toBe(0);
  await server.close();
  expect(existsSync(path.dirname(server.address.socket))).toBe(false);
});

test('addresses are written as others read them', () => {
  expect(uriOf({ socket: '/run/a b?c' }, 'web-1.20300101t000001z/os')).toBe(
    'nbd+unix:///web-1.20300101t000001z/os?socket=/run/a%20b%3Fc',
  );
  expect(uriOf({ host: '::1', port: 10809 }, 'p/os')).toBe('nbd://[::1]:10809/p/os');
});

test('the first byte of a disk of 1 TiB takes a handful of requests, and so does its map', async () => {
  const before = made.counted.requests();
  const server = await serve(made.vault, made.pointId);
  const client = await chosen(server.address, '');
  client.request(0, 2 ** 40 - 4096, 1);
  const [first] = await client.replies();
  expect(first?.payload.subarray(8)).toEqual(pattern(1));
  for (let from = 0; from < 2 ** 40; from += 2 ** 32 - 4 * MiB) {
    client.request(7, from, Math.min(2 ** 32 - 4 * MiB, 2 ** 40 - from));
    expect((await client.replies())[0]?.error).toBe(0);
  }
  // The point and its deletion, the index, a segment, and the one patch.
  expect(made.counted.requests() - before).toBeLessThanOrEqual(6);
  client.close();
  await server.close();
});

test('nothing is left in the folder of sockets', () => {
  expect(readdirSync(folder)).toEqual(['taken.sock']);
});
