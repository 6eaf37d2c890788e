import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ComputeManagementClient } from '@azure/arm-compute';
import { connect } from './support/emulator';
import { compileEmulator, type RunningEmulator, runEmulator } from './support/program';
import { blobAt, GROUP, vmOf } from './support/steps';

/** Small writes go through the file cache, large ones past it. */
const SIZES = [
  { pageBytes: 512, pages: 2048, kills: 6, writes: 150 },
  { pageBytes: 512 * 1024, pages: 64, kills: 4, writes: 60 },
];

describe('the program', () => {
  let folder: string;
  let program: string;
  let args: string[];
  let running: RunningEmulator | undefined;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'emulator-program-'));
    program = compileEmulator(join(folder, 'dist'));
    args = ['--state', join(folder, 'state'), '--fleet', join(folder, 'fleet.json')];
    writeFileSync(join(folder, 'fleet.json'), JSON.stringify({ vms: [vmOf('Linux')] }));
  });

  afterEach(async () => {
    if (running?.process.exitCode === null && running.process.signalCode === null)
      await running.end('SIGKILL');
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  async function start(): Promise<{ client: ComputeManagementClient; url: string }> {
    running = await runEmulator(program, args);
    return { client: connect(running), url: running.url };
  }

  it.each(['SIGTERM', 'SIGINT'] as const)('stops cleanly on %s', async (signal) => {
    await start();
    expect(await running?.end(signal)).toEqual({ code: 0, signal: null });
  });

  it('ends when its parent goes away', async () => {
    await start();
    const exit = once(running?.process ?? process, 'exit');
    running?.process.disconnect();
    expect(await exit).toEqual([0, null]);
  });

  it('says what is wrong with its arguments or its fleet, and ends with 1', async () => {
    await expect(runEmulator(program, [])).rejects.toThrow(/ended with 1: Usage/);
    await expect(runEmulator(program, ['--state', join(folder, 'x'), '--port', '99999'])).rejects.toThrow(
      /no port/,
    );
    writeFileSync(join(folder, 'bad.json'), '{"vms":[{"name":"a","os":"BeOS","disks":[]}]}');
    const bad = ['--state', join(folder, 'x'), '--fleet', join(folder, 'bad.json')];
    await expect(runEmulator(program, bad)).rejects.toThrow(/VM a: field os/);
  });

  it.each(SIZES)(
    'loses nothing that it answered, killed $kills times in the middle of writing $pageBytes bytes',
    async ({ pageBytes, pages, kills, writes }) => {
      const name = `up-${pageBytes}`;
      const creationData = { createOption: 'Upload', uploadSizeBytes: pages * pageBytes + 512 };
      let { client, url } = await start();
      await client.disks.createOrUpdate(GROUP, name, { location: 'westeurope', creationData });
      const expected = new Map<number, Buffer>();

      for (let kill = 0; kill < kills; kill += 1) {
        const { accessSAS } = await client.disks.grantAccess(GROUP, name, {
          access: 'Write',
          durationInSeconds: 3600,
        });
        const blob = blobAt(accessSAS);
        let isOver = false;
        let written = 0;
        const uncertain = new Set<number>();
        const writers = Array.from({ length: 4 }, async (_, writer) => {
          for (let page = writer; !isOver; page = (page + 4 * 7) % pages) {
            const bytes = randomBytes(pageBytes);
            uncertain.add(page);
            const isWritten = await blob.uploadPages(bytes, page * pageBytes, pageBytes).then(
              () => true,
              () => false,
            );
            if (!isWritten) return;
            expected.set(page, bytes);
            uncertain.delete(page);
            written += 1;
            if (written === writes) isOver = true;
          }
        });
        await Promise.race(writers);
        await running?.end('SIGKILL');
        isOver = true;
        await Promise.all(writers);
        const before = url;
        ({ client, url } = await start());
        const content = await blobAt(accessSAS?.replace(before, url)).downloadToBuffer(0, pages * pageBytes);
        for (const [page, bytes] of expected) {
          const found = content.subarray(page * pageBytes, (page + 1) * pageBytes);
          if (uncertain.has(page)) expected.set(page, Buffer.from(found));
          else expect({ page, isSame: found.equals(bytes) }).toEqual({ page, isSame: true });
        }
      }
      expect(expected.size).toBeGreaterThan(writes / 2);
    },
  );

  it('carries on with an operation that was under way when it was killed', async () => {
    let { client, url } = await start();
    const { id } = await client.virtualMachines.get(GROUP, 'vm-1');
    await client.restorePointCollections.createOrUpdate(GROUP, 'c', {
      location: 'westeurope',
      source: { id },
    });
    await fetch(`${url}/emulator/settings`, { method: 'PATCH', body: JSON.stringify({ operationPolls: 1 }) });
    await client.restorePoints.create(GROUP, 'c', 'p', {}).submitted();
    await running?.end('SIGKILL');
    ({ client, url } = await start());
    expect((await client.restorePoints.get(GROUP, 'c', 'p')).provisioningState).toBe('Creating');
    await fetch(`${url}/emulator/settings`, { method: 'PATCH', body: JSON.stringify({ operationPolls: 0 }) });
    await expect(client.restorePoints.create(GROUP, 'c', 'q', {})).rejects.toMatchObject({
      code: 'VMRestorePointClientError',
    });
  });
});
