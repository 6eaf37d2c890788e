import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { globSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { transformFileSync } from '@swc/core';

const ROOT = resolve(__dirname, '../../../..');

/** Compiles the emulator's sources into a folder, so that the test runs the program as it is now. */
export function compileEmulator(folder: string): string {
  for (const source of globSync('local/compute-emulator/**/*.ts', { cwd: ROOT })) {
    const { code } = transformFileSync(join(ROOT, source), {
      jsc: { target: 'es2023', parser: { syntax: 'typescript' } },
      module: { type: 'commonjs' },
    });
    const target = join(folder, source.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, code);
  }
  return join(folder, 'local/compute-emulator/main.js');
}

export interface RunningEmulator {
  url: string;
  subscriptionId: string;
  process: ChildProcess;
  /** Ends the process and waits until it is gone. */
  end(signal: NodeJS.Signals): Promise<{ code: number | null; signal: string | null }>;
}

/** Starts the program and waits until it is ready. */
export async function runEmulator(program: string, args: string[]): Promise<RunningEmulator> {
  const child = fork(program, args, {
    env: { ...process.env, NODE_PATH: join(ROOT, 'node_modules') },
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const output: Buffer[] = [];
  child.stdout?.on('data', (piece) => output.push(piece));
  child.stderr?.on('data', (piece) => output.push(piece));
  const failed = once(child, 'exit').then(([code]) => {
    throw new Error(`The emulator ended with ${code}: ${Buffer.concat(output)}`);
  });
  failed.catch(() => undefined);
  const [message] = await Promise.race([once(child, 'message'), failed]);
  return {
    ...(message as { url: string; subscriptionId: string }),
    process: child,
    async end(signal) {
      const exit = once(child, 'exit');
      child.kill(signal);
      const [code, by] = await exit;
      return { code, signal: by };
    },
  };
}
