import { execFileSync, spawn } from 'node:child_process';
import { watchUsage } from '../support/process-usage';
import type { Deed } from './steps';

/** Runs a program to its end and measures it from the outside. Rejects with what it printed when it fails. */
export function runProgram(
  command: string,
  args: string[],
  options: { env: Record<string, string>; cwd?: string },
): Promise<Deed> {
  return new Promise((resolve, reject) => {
    const begun = performance.now();
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const usage = watchUsage(child.pid ?? 0);
    let output = '';
    const keep = (text: Buffer) => {
      output = (output + text.toString()).slice(-4000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', reject);
    child.once('close', (code) => {
      const seconds = (performance.now() - begun) / 1000;
      const used = usage();
      if (code === 0) resolve({ seconds, usage: used });
      else reject(new Error(`${command} ${args[0]} ended with code ${code}:\n${output}`));
    });
  });
}

/** The first line of a program's version, or undefined when it is not installed. */
export function versionOf(command: string, ...args: string[]): string | undefined {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
      .split('\n')[0]
      ?.trim();
  } catch {
    return undefined;
  }
}
