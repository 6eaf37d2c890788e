import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { WatchActivity } from './invoke-for-engine';

/** An activity that takes longer dies at work; a shorter one with its work done and nobody told. */
const AT_WORK_MS = 100;

/**
 * Kills the engine and this process, as a machine that loses its power would, in the middle of the first
 * activity of one of these names: after it has begun, and before the engine has heard of its end.
 * @param deaths folder in which workers that share the names note who dies in which: one in each, no more
 */
export function dieIn(
  activities: readonly string[],
  deaths: string,
  enginePid: () => Promise<number>,
): WatchActivity {
  let victim: { activity: string; engine: number | undefined } | undefined;
  const die = (activity: string, pid: number) => {
    process.stderr.write(`${new Date().toISOString()} kill -9 in ${activity}\n`);
    process.kill(pid, 'SIGKILL');
    process.kill(process.pid, 'SIGKILL');
  };
  return (point, name) => {
    if (point === 'done') {
      if (victim?.activity === name && victim.engine !== undefined) die(name, victim.engine);
      return;
    }
    if (victim || !activities.includes(name) || !isFirst(deaths, name)) return;
    const chosen = { activity: name, engine: undefined as number | undefined };
    victim = chosen;
    void enginePid().then((pid) => {
      chosen.engine = pid;
      setTimeout(die, AT_WORK_MS, name, pid);
    });
  };
}

/** Whether no other worker has taken this death: making a folder succeeds once. */
function isFirst(deaths: string, activity: string): boolean {
  mkdirSync(deaths, { recursive: true });
  try {
    mkdirSync(join(deaths, activity));
    return true;
  } catch {
    return false;
  }
}
