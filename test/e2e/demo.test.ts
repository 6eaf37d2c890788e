import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { identify, isRunning } from '../../local/process/process-identity';
import { compiled } from '../../local/process/project-root';
import { untilGone } from './support/started-by-people';

/** Runs the demo with a temporary folder of its own, so that what it leaves behind can be seen. */
function runDemo(temporary: string) {
  const child = spawn(process.execPath, [compiled('local', 'demo', 'main.js')], {
    env: { ...process.env, TMPDIR: temporary },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const listeners = new Set<() => void>();
  child.stdout.on('data', (text) => {
    output += text;
    for (const listener of listeners) listener();
  });
  child.stderr.on('data', (text) => {
    output += text;
  });
  const says = (words: string) =>
    new Promise<void>((resolve) => listeners.add(() => output.includes(words) && resolve()));
  const code = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { child, says, code, output: () => output };
}

describe('npm run demo', () => {
  let temporary: string;
  beforeEach(async () => {
    temporary = path.join(await mkdtemp(path.join(tmpdir(), 'demo-test-')), 'tmp');
    await mkdir(temporary);
  });
  afterEach(() => rm(path.dirname(temporary), { recursive: true, force: true }));

  it('shows the whole process in plain lines in a pipe, finds every disk equal, and ends with 0', async () => {
    const demo = runDemo(temporary);
    const code = await demo.code;
    const output = demo.output();
    expect(output).toContain('All 14 disks came back to the byte.');
    expect(code).toBe(0);
    for (const line of [
      /sql-1 +extension VMSnapshot .*installed/,
      /web-1 +extension VMSnapshotLinux .*installed/,
      /archive-1 +not running: it gets no extension/,
      /sql-1 +snapshot taken, application-consistent/,
      /web-1 +snapshot taken, file-system-consistent/,
      /legacy-1 +snapshot taken, file-system-consistent, because .*VSS/,
      /sql-1 +recorded: Visual C\+\+ 2013 Redistributable \(x64\) 12\.0\.40660 installed/,
      /sql-1 +recorded: VSS startup type manual → automatic/,
      /sql-1 +recorded: service IaaSVmProvider added/,
      /sql-1 +snapshot removed/,
      /web-1 +snapshot kept for instant restore/,
      /sql-1 +recovery point created/,
      /sql-1 +disk 0: .+ read, .+ changed, .+ sent/,
      /web-1 +disk 1: .+ read, .+ changed, .+ sent/,
      /sql-1 +│ full read/,
      /sql-1 +│ comparison/,
      /web-1 +│ tracking/,
      /^ +Then, in another terminal: npx vmbackup vm list$/m,
    ]) {
      expect(output).toMatch(line);
    }
    expect(output).not.toContain('\x1b');
    expect(await readdir(temporary)).toEqual([]);
  });

  it('stopped by Ctrl-C in the middle of a backup leaves no process and no file behind', async () => {
    const demo = runDemo(temporary);
    await demo.says('backup started by the timer trigger');
    const parts = await partsOf(demo.child.pid!);
    expect(parts.filter(isRunning)).toHaveLength(3);
    demo.child.kill('SIGINT');
    expect(await demo.code).toBe(130);
    expect(demo.output()).toContain('Stopped. Nothing is left running');
    await untilGone(parts);
    expect(await readdir(temporary)).toEqual([]);
  });
});

/** The child processes of the demo. */
async function partsOf(pid: number) {
  const ps = spawn('ps', ['-o', 'pid=', '--ppid', String(pid)]);
  let text = '';
  for await (const piece of ps.stdout) text += piece;
  return text.trim().split(/\s+/).map(Number).map(identify);
}
