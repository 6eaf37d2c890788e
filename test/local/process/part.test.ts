import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startPart } from '../../../local/process/part';
import { identify, isRunning } from '../../../local/process/process-identity';

const READY = `process.send({ type: 'ready', url: 'http://127.0.0.1:1' });`;
const STAY = 'setInterval(() => {}, 1000);';

describe('a part: a process of ours with a life tied to ours', () => {
  let folder: string;
  let pids: number[];
  beforeEach(async () => {
    pids = [];
    folder = await mkdtemp(path.join(tmpdir(), 'part-test-'));
  });
  afterEach(async () => {
    for (const pid of pids.filter((each) => isRunning(identify(each)))) process.kill(pid, 'SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });

  const program = async (code: string) => {
    const script = path.join(folder, 'program.cjs');
    await writeFile(script, code);
    return { name: 'The thing', script, args: [], logFile: path.join(folder, 'logs', 'thing.log') };
  };

  it('is started when it says ready, and ends when asked to', async () => {
    const part = await startPart(
      await program(`${STAY} process.on('SIGTERM', () => process.exit(0)); ${READY}`),
    );
    expect(part.ready.url).toBe('http://127.0.0.1:1');
    await part.stop();
    expect(await part.exited).toEqual({ code: 0, signal: null });
  });

  it('that dies before it is ready is named, with the end of its log', async () => {
    const start = startPart(await program(`console.error('the port is taken'); process.exit(3);`));
    await expect(start).rejects.toThrow(
      'The thing ended with code 3. The end of its log:\nthe port is taken',
    );
  });

  it('that never gets ready is ended, not left behind', async () => {
    const spec = { ...(await program(STAY)), readyWithinMs: 300 };
    await expect(startPart(spec, { onSpawn: (pid) => pids.push(pid) })).rejects.toThrow(
      'did not become ready in time',
    );
    expect(pids.map(identify).some(isRunning)).toBe(false);
  });

  it('can be given up while it starts, and is ended then', async () => {
    const giveUp = new AbortController();
    const start = startPart(await program(STAY), {
      signal: giveUp.signal,
      onSpawn(pid) {
        pids.push(pid);
        giveUp.abort(new Error('enough'));
      },
    });
    await expect(start).rejects.toThrow('enough');
    expect(pids.map(identify).some(isRunning)).toBe(false);
  });

  it('keeps the log of the start before', async () => {
    const spec = await program(`console.log('one'); process.exit(1);`);
    await expect(startPart(spec)).rejects.toThrow('one');
    await expect(startPart(await program(`console.log('two'); process.exit(1);`))).rejects.toThrow('two');
    expect(await readFile(spec.logFile, 'utf8')).toBe('two\n');
    expect(await readFile(spec.logFile.replace('.log', '.previous.log'), 'utf8')).toBe('one\n');
  });
});
