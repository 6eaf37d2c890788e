import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { identify, isRunning } from '../../../local/process/process-identity';
import { readRunning, takeStateFolder } from '../../../local/start/state-folder';

const ADDRESSES = {
  api: 'http://127.0.0.1:7071/api',
  emulator: 'http://127.0.0.1:7080',
  subscriptionId: '00000000-0000-0000-0000-000000000001',
  storage: 'http://127.0.0.1:10000/devstoreaccount1',
  connectionString: 'UseDevelopmentStorage=true',
};

describe('the state folder', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(path.join(tmpdir(), 'state-test-'));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  const leaveBehind = (record: unknown) => writeFile(path.join(dir, 'running.json'), JSON.stringify(record));

  /** The pid of a process that has just ended. */
  const endedPid = async () => {
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'exit');
    return child.pid!;
  };

  it('says where the running system answers, and nothing once it is released', async () => {
    const folder = await takeStateFolder(dir);
    folder.announce(ADDRESSES);
    expect(readRunning(dir)?.addresses).toEqual(ADDRESSES);
    folder.release();
    expect(readRunning(dir)).toBeUndefined();
    expect(await readdir(dir)).toEqual([]);
  });

  it('is told to nobody else: it holds a key of the storage', async () => {
    const folder = await takeStateFolder(dir);
    folder.announce(ADDRESSES);
    expect((await stat(path.join(dir, 'running.json'))).mode & 0o777).toBe(0o600);
    folder.release();
  });

  it('is refused to a second start, which learns where the first one answers', async () => {
    const folder = await takeStateFolder(dir);
    folder.announce(ADDRESSES);
    await expect(takeStateFolder(dir)).rejects.toThrow(
      `The system already runs on ${dir} (pid ${process.pid}). It answers at ${ADDRESSES.api}.`,
    );
    expect(readRunning(dir)?.addresses).toEqual(ADDRESSES);
    folder.release();
  });

  it('of a supervisor that was killed is taken over', async () => {
    await leaveBehind({ supervisor: { pid: await endedPid(), started: '1' }, parts: [] });
    expect(readRunning(dir)).toBeUndefined();
    const folder = await takeStateFolder(dir);
    expect(readRunning(dir)?.supervisor.pid).toBe(process.pid);
    folder.release();
  });

  it('is not taken for busy because another program has the old process id by now', async () => {
    await leaveBehind({ supervisor: { pid: process.ppid, started: 'in another life' }, parts: [] });
    const folder = await takeStateFolder(dir);
    folder.release();
  });

  it('is taken over only when the parts of the killed supervisor have ended', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await once(child, 'spawn');
    await leaveBehind({
      supervisor: { pid: await endedPid(), started: '1' },
      parts: [identify(child.pid!)],
    });
    const events: string[] = [];
    const taken = takeStateFolder(dir).then((folder) => {
      events.push('taken');
      folder.release();
    });
    await new Promise((resolve) => setImmediate(resolve));
    events.push('told to end');
    child.kill();
    await taken;
    expect(events).toEqual(['told to end', 'taken']);
    expect(isRunning(identify(child.pid!))).toBe(false);
  });

  it('of a half-written record is taken over', async () => {
    await writeFile(path.join(dir, 'running.json'), '{"supervisor":');
    const folder = await takeStateFolder(dir);
    expect(JSON.parse(await readFile(path.join(dir, 'running.json'), 'utf8')).supervisor.pid).toBe(
      process.pid,
    );
    folder.release();
  });

  it('goes to exactly one of many that start at once', async () => {
    await leaveBehind({ supervisor: { pid: await endedPid(), started: '1' }, parts: [] });
    const starts = await Promise.allSettled(Array.from({ length: 5 }, () => takeStateFolder(dir)));
    expect(starts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('that cannot be made is named, with what to do', async () => {
    const file = path.join(dir, 'a-file');
    await writeFile(file, '');
    await expect(takeStateFolder(path.join(file, 'state'))).rejects.toMatchObject({
      message: expect.stringContaining('cannot be made'),
      remedy: 'Name another one with --state DIR.',
    });
  });
});
