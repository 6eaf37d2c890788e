import { chmodSync, lstatSync, unlinkSync } from 'node:fs';
import { connect, type ListenOptions, type Server } from 'node:net';
import { isMainThread } from 'node:worker_threads';
import { backupError } from '../src/failures/failure';

/** Where a server answers: a Unix socket, or a port of the loopback (0 for any that is free). */
export type ServeAddress = { socket: string } | { host?: string; port: number };

/** Longest path that a Unix socket can have everywhere (`sun_path` of macOS, with its end). */
const MAX_SOCKET_PATH = 103;

/** Refuses what cannot be reached from this machine alone. Throws `ServeAddressRefused`. */
export function checkAddress(address: ServeAddress): ServeAddress {
  if ('socket' in address) {
    if (Buffer.byteLength(address.socket) > MAX_SOCKET_PATH || address.socket.includes('\0'))
      throw backupError('ServeAddressRefused', `${address.socket}: a socket's path has at most 103 bytes`);
    return address;
  }
  const { host = '127.0.0.1', port } = address;
  if (!/^(127(\.\d{1,3}){3}|::1|localhost)$/.test(host))
    throw backupError('ServeAddressRefused', `${host} is no address of the loopback`);
  return { host: host === 'localhost' ? '127.0.0.1' : host, port };
}

/** Begins to listen; a socket is its owner's alone. Throws `ServeAddressInUse`. */
export async function listen(server: Server, address: ServeAddress): Promise<void> {
  if ('socket' in address) await removeDeadSocket(address.socket);
  const options: ListenOptions =
    'socket' in address ? { path: address.socket } : { host: address.host, port: address.port };
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? backupError('ServeAddressInUse', placeOf(address))
          : backupError('ServeAddressRefused', `${placeOf(address)}: ${error.message}`),
      ),
    );
    // Not even for a moment may somebody else open it; a thread cannot say so before, only afterwards.
    const before = isMainThread ? process.umask(0o177) : undefined;
    try {
      server.listen(options, resolve);
    } finally {
      if (before !== undefined) process.umask(before);
    }
  });
  if ('socket' in address) chmodSync(address.socket, 0o600);
}

const placeOf = (address: ServeAddress) =>
  'socket' in address ? address.socket : `${address.host}:${address.port}`;

/** A socket that nobody answers on is what a killed server left behind. */
async function removeDeadSocket(path: string): Promise<void> {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found) return;
  if (!found.isSocket()) throw backupError('ServeAddressInUse', `${path} is there, and no socket`);
  const answered = await new Promise<boolean>((resolve) => {
    const probe = connect({ path });
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code !== 'ECONNREFUSED'));
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
  });
  if (answered) throw backupError('ServeAddressInUse', `a server answers on ${path}`);
  unlinkSync(path);
}

/** The NBD URI of an export ("NBD URI specification", doc/uri.md of the nbd project). */
export function uriOf(address: ServeAddress, exportName: string): string {
  const name = exportName.split('/').map(encodeURIComponent).join('/');
  if ('socket' in address)
    return `nbd+unix:///${name}?socket=${encodeURI(address.socket).replace(/[?#&]/g, encodeURIComponent)}`;
  const host = address.host?.includes(':') ? `[${address.host}]` : address.host;
  return `nbd://${host}:${address.port}/${name}`;
}
