import { fork } from 'node:child_process';
import path from 'node:path';
import { processSettings } from '../../local/process/process-settings';
import { compiled } from '../../local/process/project-root';
import type { ProcessUsage } from '../support/process-usage';
import type { DataPathResult, DataPathTask } from './data-path';

/** What the data path did, and what its process used. */
export interface MeasuredDataPath extends DataPathResult {
  usage: ProcessUsage;
}

type Message = { ready: true } | { error: string } | { result: DataPathResult; usage: ProcessUsage };

/** Does one task of the data path in a new process; with `profileFolder` it leaves a CPU profile there. */
export function runInProcess(task: DataPathTask, profileFolder?: string): Promise<MeasuredDataPath> {
  const name = `${task.do.replace(' ', '-')}-${task.container}-${Date.now()}.cpuprofile`;
  const { execArgv, env } = processSettings();
  const child = fork(compiled('bench', 'system', 'data-path-process.js'), [], {
    env: { ...process.env, ...env },
    execArgv: [
      ...execArgv,
      ...(profileFolder
        ? ['--cpu-prof', `--cpu-prof-dir=${path.resolve(profileFolder)}`, `--cpu-prof-name=${name}`]
        : []),
    ],
  });
  return new Promise((resolve, reject) => {
    let outcome: MeasuredDataPath | undefined;
    child.on('message', (message: Message) => {
      if ('ready' in message) child.send(task);
      else if ('error' in message) reject(new Error(message.error));
      else outcome = { ...message.result, usage: message.usage };
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      if (outcome) resolve(outcome);
      else reject(new Error(`The data path ended with ${signal ?? code}.`));
    });
  });
}
