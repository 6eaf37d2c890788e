/** What becomes of a request to the storage. */
export type StorageEffect =
  | { kind: 'refuse'; status: number; code: string }
  /** The connection closes before anything is done. */
  | { kind: 'reset' }
  /** What was asked for is done, and its answer never arrives. */
  | { kind: 'lose-answer' }
  /** The connection closes in the middle of the body. */
  | { kind: 'cut' }
  /** A bit of the body changes on the way. */
  | { kind: 'flip' };

export interface StorageFault {
  /** `*` stands for any. */
  method: string;
  /** Only of blobs whose names begin so; listings have the name ``. */
  prefix: string;
  /** So many requests pass before it begins. */
  skip: number;
  count: number;
  effect: StorageEffect;
}

/** What goes wrong in the storage on demand: each fault waits for its turn, and is used up. */
export function storageFaults() {
  let faults: StorageFault[] = [];
  return {
    add: (fault: StorageFault) => void faults.push({ ...fault }),
    clear: () => {
      faults = [];
    },
    take(method: string, name: string): StorageEffect | undefined {
      const fault = faults.find(
        (one) => (one.method === '*' || one.method === method) && name.startsWith(one.prefix),
      );
      if (!fault) return undefined;
      if (fault.skip > 0) fault.skip -= 1;
      else {
        fault.count -= 1;
        faults = faults.filter(({ count }) => count > 0);
        return fault.effect;
      }
      return undefined;
    },
  };
}

export type StorageFaults = ReturnType<typeof storageFaults>;
