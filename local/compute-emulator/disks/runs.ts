/**
 * Runs: what lies where on a disk, as a sorted list of disjoint byte intervals. Every question about a
 * copy-on-write disk (what reads from which layer, what changed since a snapshot, what a layer holds)
 * is one `overlay` of run lists.
 */

/** The bytes `start` (inclusive) to `end` (exclusive), in bytes from the start of the disk. */
export interface Run<T> {
  start: number;
  end: number;
  value: T;
}

/** Appends a run behind the others, melting it into the last one where they touch and say the same. */
export function append<T>(runs: Run<T>[], start: number, end: number, value: T): void {
  if (start >= end) return;
  const last = runs.at(-1);
  if (last !== undefined && last.end === start && last.value === value) last.end = end;
  else runs.push({ start, end, value });
}

/**
 * Both lists in one; where they overlap, `upper` wins. Takes time in proportion to
 * their lengths, not to the disk.
 */
export function overlay<T>(lower: readonly Run<T>[], upper: readonly Run<T>[]): Run<T>[] {
  const result: Run<T>[] = [];
  let next = 0;
  for (const below of lower) {
    let start = below.start;
    for (let above = upper[next]; above !== undefined && above.start < below.end; above = upper[next]) {
      append(result, start, Math.min(above.start, below.end), below.value);
      start = Math.max(start, above.end);
      if (above.end > below.end) break;
      append(result, above.start, above.end, above.value);
      next += 1;
    }
    append(result, start, below.end, below.value);
  }
  for (const above of upper.slice(next)) append(result, above.start, above.end, above.value);
  return result;
}

/** Position of the first run that ends after `offset`; the number of runs if there is none. */
export function indexAt<T>(runs: readonly Run<T>[], offset: number): number {
  let low = 0;
  let high = runs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const run = runs[middle];
    if (run !== undefined && run.end <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The parts of the runs that lie inside the window. */
export function* clip<T>(runs: readonly Run<T>[], start: number, end: number): Generator<Run<T>> {
  for (let index = indexAt(runs, start); index < runs.length; index += 1) {
    const run = runs[index];
    if (run === undefined || run.start >= end) return;
    yield { start: Math.max(run.start, start), end: Math.min(run.end, end), value: run.value };
  }
}

/** The window cut into pieces without gaps: bytes that no run covers come with `undefined`. */
export function* cover<T>(
  runs: readonly Run<T>[],
  start: number,
  end: number,
): Generator<Run<T | undefined>> {
  let position = start;
  for (const run of clip(runs, start, end)) {
    if (run.start > position) yield { start: position, end: run.start, value: undefined };
    yield run;
    position = run.end;
  }
  if (position < end) yield { start: position, end, value: undefined };
}
