/**
 * Work on the same thing takes turns, in the order in which it was asked for; on other things it runs
 * beside.
 */
export function inTurn(): (key: number, work: () => Promise<void>) => Promise<void> {
  const last = new Map<number, Promise<void>>();
  return async (key, work) => {
    const mine = (last.get(key) ?? Promise.resolve()).then(work);
    const settled = mine.catch(() => undefined);
    last.set(key, settled);
    try {
      await mine;
    } finally {
      if (last.get(key) === settled) last.delete(key);
    }
  };
}
