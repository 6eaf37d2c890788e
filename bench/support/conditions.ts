import { arch, cpus, loadavg, platform, release, totalmem } from 'node:os';

/** Where and when something was measured. */
export interface Conditions {
  startedAt: string;
  endedAt: string;
  processors: number;
  model: string;
  memoryGiB: number;
  system: string;
  node: string;
  /**
   * Processes that wanted to run, averaged over a minute; the benchmark's own make it about 2 to 3 at the
   * end.
   */
  loadBefore: number;
  loadAfter: number;
}

/** The conditions as a run begins. */
export function conditionsNow(): Conditions {
  const now = new Date().toISOString();
  return {
    startedAt: now,
    endedAt: now,
    processors: cpus().length,
    model: cpus()[0]?.model.trim() ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${release()} ${arch()}`,
    node: process.version,
    loadBefore: loadNow(),
    loadAfter: loadNow(),
  };
}

/** The same as a run ends. */
export const conditionsAfter = (before: Conditions): Conditions => ({
  ...before,
  endedAt: new Date().toISOString(),
  loadAfter: loadNow(),
});

/** One sentence for people. */
export function conditionsInWords(conditions: Conditions): string {
  const { processors, model, memoryGiB, system, node, startedAt, endedAt, loadBefore, loadAfter } =
    conditions;
  return `Measured ${startedAt.slice(0, 16)}Z to ${endedAt.slice(11, 16)}Z on ${processors} processors (${model}), ${memoryGiB} GiB, ${system}, Node ${node}; load ${loadBefore.toFixed(1)} before, ${loadAfter.toFixed(1)} after.`;
}

const loadNow = (): number => loadavg()[0] ?? 0;
