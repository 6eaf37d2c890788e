/** The layers of one disk, snapshot or restore point; the top of a disk's takes writes. */
export interface UsedStack {
  layers: readonly string[];
  isLive: boolean;
}

/** Two neighbours that nobody tells apart: `upper` can be written over `lower`. */
export interface FoldablePair {
  lower: string;
  upper: string;
}

/**
 * Finds layers that a deleted snapshot has left without a purpose: everybody who has the lower one has the
 * upper one right above it, nobody ends with the lower one, and nobody writes to the upper one any more.
 */
export function findFoldablePair(stacks: readonly UsedStack[]): FoldablePair | undefined {
  const above = new Map<string, Set<string>>();
  const below = new Map<string, Set<string>>();
  const written = new Set<string>();
  for (const { layers, isLive } of stacks) {
    for (const [index, id] of layers.entries()) {
      add(above, id, layers[index + 1] ?? TOP);
      add(below, id, layers[index - 1] ?? BOTTOM);
    }
    const top = layers.at(-1);
    if (isLive && top !== undefined) written.add(top);
  }
  for (const [lower, neighbours] of above) {
    const upper = only(neighbours);
    if (upper === undefined || upper === TOP || written.has(upper)) continue;
    if (only(below.get(upper)) === lower) return { lower, upper };
  }
  return undefined;
}

const TOP = 'top';
const BOTTOM = 'bottom';

function add(map: Map<string, Set<string>>, key: string, value: string): void {
  const values = map.get(key) ?? new Set();
  map.set(key, values.add(value));
}

function only(values: ReadonlySet<string> | undefined): string | undefined {
  return values?.size === 1 ? [...values][0] : undefined;
}
