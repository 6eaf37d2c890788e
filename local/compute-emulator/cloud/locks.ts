/** Lets one task at a time run for each key. */
export interface Locks {
  run<T>(key: string, task: () => Promise<T>): Promise<T>;
}

export function createLocks(): Locks {
  const last = new Map<string, Promise<unknown>>();
  return {
    run(key, task) {
      const before = last.get(key) ?? Promise.resolve();
      const result = before.then(task, task);
      last.set(key, result);
      return result.finally(() => {
        if (last.get(key) === result) last.delete(key);
      });
    },
  };
}
