import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { choosePorts, rememberPorts, startOn } from '../../../local/start/ports';

const listen = (port: number): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });

describe('the ports', () => {
  let dir: string;
  let memory: string;
  beforeEach(async () => {
    dir = await mkdtemp(path.join(tmpdir(), 'ports-test-'));
    memory = path.join(dir, 'ports.json');
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  const LAST = { api: 0, emulator: 0, azurite: 0 };
  const aFreePort = async () => {
    const server = await listen(0);
    const { port } = server.address() as { port: number };
    await new Promise((resolve) => server.close(resolve));
    return port;
  };

  it('are free ones unless set: each part takes its own', async () => {
    const any = { port: 0, replaceable: true };
    expect(await choosePorts({}, memory)).toEqual({ api: any, emulator: any, azurite: any });
  });

  it('stay the same from one start to the next', async () => {
    const api = await aFreePort();
    rememberPorts({ ...LAST, api }, memory);
    expect((await choosePorts({}, memory)).api).toEqual({ port: api, replaceable: true });
  });

  it('are others when somebody took the old ones meanwhile', async () => {
    const taken = await listen(0);
    const { port } = taken.address() as { port: number };
    rememberPorts({ ...LAST, api: port }, memory);
    expect((await choosePorts({}, memory)).api.port).toBe(0);
    taken.close();
  });

  it('are others also when somebody takes one just before the part does', async () => {
    const tried: number[] = [];
    const start = async (port: number) => {
      tried.push(port);
      if (port !== 0) throw new Error('EADDRINUSE');
      return 'up';
    };
    expect(await startOn({ port: 4711, replaceable: true }, start)).toBe('up');
    expect(tried).toEqual([4711, 0]);
    await expect(startOn({ port: 4711, replaceable: false }, start)).rejects.toThrow('EADDRINUSE');
  });

  it('that are set and taken are refused by the name of the option', async () => {
    const server = await listen(0);
    const { port } = server.address() as { port: number };
    await expect(choosePorts({ azurite: port }, memory)).rejects.toMatchObject({
      message: `Port ${port} is in use.`,
      remedy: 'Choose another with --azurite-port, or leave it out to get a free one.',
    });
    server.close();
  });
});
