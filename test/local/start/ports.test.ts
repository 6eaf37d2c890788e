import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { choosePorts } from '../../../local/start/ports';

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

  it('are free ones unless set', async () => {
    const { api, emulator, azurite } = await choosePorts({}, memory);
    expect(new Set([api, emulator, azurite]).size).toBe(3);
    for (const port of [api, emulator, azurite]) (await listen(port)).close();
  });

  it('stay the same from one start to the next', async () => {
    const first = await choosePorts({}, memory);
    expect(await choosePorts({}, memory)).toEqual(first);
  });

  it('are others when somebody took the old ones meanwhile', async () => {
    const first = await choosePorts({}, memory);
    const taken = await listen(first.api);
    const second = await choosePorts({}, memory);
    expect(second.api).not.toBe(first.api);
    expect(second.emulator).toBe(first.emulator);
    taken.close();
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
