import { existsSync } from 'node:fs';
import path from 'node:path';
import { DEFAULT_STATE, fromHere } from '../../local/start/paths';
import { StartRefused } from '../../local/start/start-refused';
import { type Addresses, readRunning } from '../../local/start/state-folder';

/** A system that `npm start` runs. */
export interface RunningSystem {
  /** Its state folder. */
  dir: string;
  addresses: Addresses;
}

/**
 * The system that runs on the state folder that is named; otherwise on `.local` in this folder or one above
 * it, and otherwise in the project that this program belongs to. Throws `StartRefused` when none does.
 */
export function runningSystem(named?: string): RunningSystem {
  const dirs = named === undefined ? usualFolders() : [fromHere(named)];
  const found = dirs.flatMap((dir) => {
    const record = readRunning(dir);
    return record ? [{ dir, record }] : [];
  });
  const [first] = found;
  if (!first)
    throw new StartRefused(
      `Nothing runs on ${dirs[0]}.`,
      'Start it with npm start, or name its folder with --state.',
    );
  const up = found.find(({ record }) => record.addresses);
  if (!up?.record.addresses)
    throw new StartRefused(`The system on ${first.dir} is still starting.`, 'Try again in a moment.');
  return { dir: up.dir, addresses: up.record.addresses };
}

/** `runningSystem`, where nothing that runs is an answer as well. */
export function runningSystemIfAny(): RunningSystem | undefined {
  try {
    return runningSystem();
  } catch (error) {
    if (error instanceof StartRefused) return undefined;
    throw error;
  }
}

function usualFolders(): string[] {
  const above = [...parentsOf(process.env.INIT_CWD ?? process.cwd())];
  const project = [...parentsOf(__dirname)].find((dir) => existsSync(path.join(dir, 'host.json')));
  const bases = [
    ...above.filter((dir) => existsSync(path.join(dir, DEFAULT_STATE, 'running.json'))),
    project ?? above[0] ?? '.',
  ];
  return [...new Set(bases.map((dir) => path.join(dir, DEFAULT_STATE)))];
}

function* parentsOf(start: string): Generator<string> {
  for (let dir = path.resolve(start); ; dir = path.dirname(dir)) {
    yield dir;
    if (dir === path.dirname(dir)) return;
  }
}
