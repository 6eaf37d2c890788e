import { readFileSync } from 'node:fs';

/** What a process has used so far. */
export interface ProcessUsage {
  cpuSeconds: number;
  /** The most memory that it held at once. */
  peakBytes: number;
}

/** Ticks a second in /proc: a constant of Linux's interface to programs, whatever the kernel's own clock. */
const TICKS_PER_SECOND = 100;
const SAMPLE_EVERY_MS = 20;

/** Reads a process's usage from /proc; undefined when it has ended, or where there is no /proc. */
export function usageOf(pid: number): ProcessUsage | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in brackets may hold blanks; user and system time are fields 14 and 15 of the line.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = Number(fields[11]) + Number(fields[12]);
    const peakKib = /^VmHWM:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return { cpuSeconds: ticks / TICKS_PER_SECOND, peakBytes: Number(peakKib ?? 0) * 1024 };
  } catch {
    return undefined;
  }
}

/**
 * Watches a process that will end; the answer of the returned function is what it had used when it was last
 * seen.
 */
export function watchUsage(pid: number): () => ProcessUsage {
  let last: ProcessUsage = { cpuSeconds: 0, peakBytes: 0 };
  // A process that has just ended still tells its time, but not its peak any more.
  const look = () => {
    const seen = usageOf(pid);
    if (seen) last = { ...seen, peakBytes: Math.max(seen.peakBytes, last.peakBytes) };
  };
  look();
  const timer = setInterval(look, SAMPLE_EVERY_MS);
  return () => {
    clearInterval(timer);
    look();
    return last;
  };
}
