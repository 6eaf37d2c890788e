import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BlobServiceClient } from '@azure/storage-blob';
import { startAzurite } from '../../../local/azurite/azurite';
import { projectRoot } from '../../../local/process/project-root';

const containerOf = (connectionString: string) =>
  BlobServiceClient.fromConnectionString(connectionString).getContainerClient('vault');

describe('the real Azurite, as a process that belongs to us', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'azurite-test-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('answers the real SDK as soon as the start settles, and leaves idle connections to it', async () => {
    const azurite = await startAzurite();
    try {
      const container = containerOf(azurite.connectionString);
      await container.create();
      await container.getBlockBlobClient('a').upload('hello', 5);
      expect((await container.getBlockBlobClient('a').downloadToBuffer()).toString()).toBe('hello');
      const answer = await fetch(`${azurite.blobEndpoint}?comp=list`);
      await answer.arrayBuffer();
      expect(answer.headers.get('connection')).toBe('keep-alive');
      expect(answer.headers.get('keep-alive')).toBeNull();
    } finally {
      await azurite.stop();
    }
  });

  it('has queues and tables too when all services are asked for', async () => {
    const azurite = await startAzurite({ allServices: true });
    try {
      const endpoints = ['Blob', 'Queue', 'Table'].map(
        (service) => new RegExp(`${service}Endpoint=([^;]+)`).exec(azurite.connectionString)?.[1],
      );
      expect(new Set(endpoints).size).toBe(3);
      for (const endpoint of endpoints) {
        const answer = await fetch(`${endpoint}`);
        await answer.arrayBuffer();
        expect(answer.headers.get('server')).toMatch(/^Azurite/);
      }
    } finally {
      await azurite.stop();
    }
  });

  it('keeps its blobs from one start to the next', async () => {
    const first = await startAzurite({ location: folder });
    await containerOf(first.connectionString).create();
    await containerOf(first.connectionString).getBlockBlobClient('kept').upload('kept', 4);
    await first.stop();
    const second = await startAzurite({ location: folder });
    try {
      const blob = containerOf(second.connectionString).getBlockBlobClient('kept');
      expect((await blob.downloadToBuffer()).toString()).toBe('kept');
    } finally {
      await second.stop();
    }
  });

  it('two of them run side by side on free ports', async () => {
    const both = await Promise.all([startAzurite(), startAzurite()]);
    expect(both[0].blobEndpoint).not.toBe(both[1].blobEndpoint);
    await Promise.all(both.map(({ stop }) => stop()));
  });

  it('names the reason when its port is taken', async () => {
    const first = await startAzurite();
    const port = Number(new URL(first.blobEndpoint).port);
    try {
      const second = startAzurite({ port, logFile: path.join(folder, 'azurite.log') });
      await expect(second).rejects.toThrow(/Azurite ended with code 1.*EADDRINUSE/s);
    } finally {
      await first.stop();
    }
  });

  it('ends, with its blobs saved, when its parent is killed with kill -9', async () => {
    const runner = path.join(projectRoot(), 'local', 'azurite', 'runner.cjs');
    const parentScript = path.join(folder, 'parent.cjs');
    const args = [
      '--location',
      folder,
      '--blobPort',
      '0',
      '--disableTelemetry',
      '--silent',
      '--skipApiVersionCheck',
    ];
    await writeFile(
      parentScript,
      `const child = require('node:child_process').fork(${JSON.stringify(runner)}, ${JSON.stringify(args)}, { detached: true, stdio: 'ignore' });
       child.on('message', (ready) => process.send({ url: ready.url, pid: child.pid }));`,
    );
    const parent = fork(parentScript, [], { execArgv: [] });
    const [{ url, pid }] = (await once(parent, 'message')) as [{ url: string; pid: number }];
    const endpoint = `${url}/devstoreaccount1`;
    const { connectionString, stop } = await startAzurite();
    await stop();
    const container = containerOf(connectionString.replace(/BlobEndpoint=.*/, `BlobEndpoint=${endpoint}`));
    await container.create();
    await container.getBlockBlobClient('saved').upload('saved', 5);

    parent.kill('SIGKILL');
    await gone(pid);

    const again = await startAzurite({ location: folder });
    try {
      const blob = containerOf(again.connectionString).getBlockBlobClient('saved');
      expect((await blob.downloadToBuffer()).toString()).toBe('saved');
    } finally {
      await again.stop();
    }
  });
});

/** A process that is not our child tells nobody that it ended: ask until it has. */
async function gone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
