import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { transformFileSync } from '@swc/core';
import { identify, isRunning, type ProcessIdentity } from '../../../local/process/process-identity';

const SOURCES = path.join(__dirname, '../../../local/process');
const RUNS = /runs as (\d+)/;

/** A script that ends when it is interrupted, and only then. */
const SCRIPT = `
const { listenForInterruptions } = require('./interruptions.js');
const stay = setInterval(() => {}, 1000);
listenForInterruptions(() => {}).first.then(() => clearInterval(stay));
process.stdout.write('runs as ' + process.pid + '\\n');
`;

describe('a script that the real npm has started', () => {
  let folder: string;
  let npm: ChildProcess;
  let script: ProcessIdentity;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'interruptions-test-'));
    for (const name of ['interruptions', 'npm-above', 'process-identity']) {
      const { code } = transformFileSync(path.join(SOURCES, `${name}.ts`), {
        swcrc: false,
        jsc: { target: 'es2023', parser: { syntax: 'typescript' } },
        module: { type: 'commonjs' },
      });
      await writeFile(path.join(folder, `${name}.js`), code);
    }
    await writeFile(path.join(folder, 'script.js'), SCRIPT);
    await writeFile(
      path.join(folder, 'package.json'),
      JSON.stringify({ scripts: { start: 'node script.js', shelled: `sh -c 'node script.js; exit $?'` } }),
    );
  });
  afterEach(async () => {
    for (const pid of [npm.pid, script.pid].filter((each) => each !== undefined)) {
      if (isRunning(identify(pid))) process.kill(pid, 'SIGKILL');
    }
    await rm(folder, { recursive: true, force: true });
  });

  const begin = async (name: string) => {
    npm = spawn('npm', ['run', name], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    for await (const text of npm.stdout as NonNullable<ChildProcess['stdout']>) {
      output += text;
      const pid = RUNS.exec(output)?.[1];
      if (pid !== undefined) return identify(Number(pid));
    }
    throw new Error(`The script did not run: ${output}`);
  };

  test.each([
    ['SIGKILL', 'start'],
    ['SIGHUP', 'start'],
    ['SIGTERM', 'start'],
    ['SIGKILL', 'shelled'],
  ] as const)('ends when npm is ended by %s (%s)', async (signal, name) => {
    script = await begin(name);
    npm.kill(signal);
    if (npm.exitCode === null && npm.signalCode === null) await once(npm, 'exit');
    while (isRunning(script)) await new Promise((resolve) => setTimeout(resolve, 20));
  });
});
