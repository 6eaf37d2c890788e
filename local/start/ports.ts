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

/** A port for a part. 0 lets the part take a free one, which nobody else can take first. */
export interface PortChoice {
  port: number;
  /** Whether another one would do as well. */
  replaceable: boolean;
}

/** The option by which each port can be set, for messages. */
const OPTION: Record<keyof Ports, string> = {
  api: '--port',
  emulator: '--emulator-port',
  azurite: '--azurite-port',
};

/**
 * Chooses the ports: what was asked for (refused when it is taken), else what the last start on this
 * folder used (so that addresses stay the same, and an operation that was under way finds its
 * endpoint again), else any free one.
 */
export async function choosePorts(
  asked: Partial<Ports>,
  memoryFile: string,
): Promise<Record<keyof Ports, PortChoice>> {
  const before = remembered(memoryFile);
  const choose = async (part: keyof Ports): Promise<PortChoice> => {
    const wanted = asked[part];
    if (wanted !== undefined) return { port: await insistOn(wanted, OPTION[part]), replaceable: false };
    const last = before[part] ?? 0;
    return { port: (await isFree(last)) ? last : 0, replaceable: true };
  };
  return { api: await choose('api'), emulator: await choose('emulator'), azurite: await choose('azurite') };
}

/** Keeps the ports for the next start. */
export function rememberPorts(ports: Ports, memoryFile: string): void {
  writeFileSync(memoryFile, JSON.stringify(ports));
}

/** Starts something on its port; on any free one when that fails and another would do. */
export async function startOn<T>(
  { port, replaceable }: PortChoice,
  start: (port: number) => Promise<T>,
): Promise<T> {
  try {
    return await start(port);
  } catch (error) {
    // Somebody may have taken the port since it was looked at.
    if (port === 0 || !replaceable) throw error;
    return start(0);
  }
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

/** Listens for a moment and gives the port back. */
function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, HOST, () => server.close(() => resolve(true)));
  });
}
