import type { WatchActivity } from './invoke-for-engine';

/** An activity that takes longer dies at work; a shorter one with its work done and nobody told. */
const AT_WORK_MS = 100;

/**
 * Kills the engine and this process, as a machine that loses its power would, in the middle of the first
 * activity of a name: after it has begun, and before the engine has heard of its end.
 */
export function dieIn(activity: string, enginePid: () => Promise<number>): WatchActivity {
  let timer: NodeJS.Timeout | undefined;
  const die = (pid: number) => {
    process.stderr.write(`${new Date().toISOString()} kill -9 in ${activity}\n`);
    process.kill(pid, 'SIGKILL');
    process.kill(process.pid, 'SIGKILL');
  };
  let engine: number | undefined;
  return (point, name) => {
    if (name !== activity) return;
    if (point === 'done') {
      if (engine !== undefined) die(engine);
      return;
    }
    if (timer) return;
    void enginePid().then((pid) => {
      engine = pid;
    });
    timer = setTimeout(() => void enginePid().then(die), AT_WORK_MS);
  };
}
