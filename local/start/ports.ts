import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { StartRefused } from './start-refused';

const HOST = '127.0.0.1';

/** The ports of one system. */
export interface Ports {
  api: number;
  emulator: number;
  azurite: number;
}

/** The option by which each port can be set, for messages. */
const OPTION: Record<keyof Ports, string> = {
  api: '--port',
  emulator: '--emulator-port',
  azurite: '--azurite-port',
};

/**
 * Chooses the ports: what was asked for (refused when it is taken), else what the last start on this folder used (so
 * that addresses stay the same, and an operation that was under way finds its endpoint again), else a free one.
 */
export async function choosePorts(asked: Partial<Ports>, memoryFile: string): Promise<Ports> {
  const before = remembered(memoryFile);
  const choose = async (part: keyof Ports): Promise<number> => {
    const wanted = asked[part];
    if (wanted !== undefined) return insistOn(wanted, OPTION[part]);
    const last = before[part];
    return last !== undefined && (await isFree(last)) ? last : freePort();
  };
  const ports = {
    api: await choose('api'),
    emulator: await choose('emulator'),
    azurite: await choose('azurite'),
  };
  writeFileSync(memoryFile, JSON.stringify(ports));
  return ports;
}

async function insistOn(port: number, option: string): Promise<number> {
  if (await isFree(port)) return port;
  throw new StartRefused(
    `Port ${port} is in use.`,
    `Choose another with ${option}, or leave it out to get a free one.`,
  );
}

function remembered(memoryFile: string): Partial<Ports> {
  try {
    return JSON.parse(readFileSync(memoryFile, 'utf8'));
  } catch {
    return {};
  }
}

const isFree = (port: number): Promise<boolean> =>
  listenOn(port).then(
    () => true,
    () => false,
  );

const freePort = (): Promise<number> => listenOn(0);

/** Listens for a moment and gives the port back. */
function listenOn(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, HOST, () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}
