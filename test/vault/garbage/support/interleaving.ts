import type { BlobStore } from '../../../../src/storage/blob-store';
import type { Random } from '../../../support/seeded-random';

/** A process was killed between two requests. */
export class Killed extends Error {}

interface Waiting {
  wakeAt: number;
  go(): void;
}

/**
 * Runs several processes against one store, one request at a time, in an order that the seed decides; between
 * requests the clock moves. A request that could run is not kept waiting for more than `PATIENCE_SECONDS`:
 * processes that hang longer in the middle of a commit are killed by the platform.
 */
export function interleaving(random: Random) {
  const PATIENCE_SECONDS = 5;
  let seconds = Date.UTC(2030, 0, 1) / 1000;
  const waiting = new Set<Waiting>();
  let running = 0;

  const turn = (wakeAt: number) =>
    new Promise<void>((resolve) => {
      waiting.add({ wakeAt, go: resolve });
    });
  const clock = () => new Date(seconds * 1000);

  /**
   * The store as one process sees it; `survive` is asked before every request, `hesitation` is the share that
   * waits long.
   */
  const storeFor = (store: BlobStore, survive: () => boolean, hesitation = 0): BlobStore => {
    const step = async () => {
      await turn(seconds + (random.chance(hesitation) ? random.below(300) : 0));
      if (!survive()) throw new Killed();
    };
    const gated =
      <A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
      async (...args: A): Promise<R> => {
        await step();
        return call(...args);
      };
    return {
      ensureContainer: gated(store.ensureContainer),
      get: gated(store.get),
      readInto: gated(store.readInto),
      getRange: gated(store.getRange),
      head: gated(store.head),
      put: gated(store.put),
      touch: gated(store.touch),
      delete: gated(store.delete),
      now: gated(store.now),
      async *list(prefix, options) {
        await step();
        const page = [];
        for await (const blob of store.list(prefix, options)) page.push(blob);
        for (const blob of page) {
          if (random.chance(0.1)) await step();
          yield blob;
        }
      },
    };
  };

  const start = (process: () => Promise<void>) => {
    running += 1;
    return process().finally(() => {
      running -= 1;
    });
  };

  /** Lets everybody run until all processes have ended. */
  const run = async () => {
    for (;;) {
      await quiet();
      if (waiting.size === 0 && running === 0) return;
      if (waiting.size === 0) continue;
      const ready = [...waiting].filter(({ wakeAt }) => wakeAt <= seconds);
      const overdue = ready.filter(({ wakeAt }) => wakeAt <= seconds - PATIENCE_SECONDS);
      const next = random.pickIfAny(overdue.length > 0 ? overdue : ready);
      if (!next) seconds = Math.min(...[...waiting].map(({ wakeAt }) => wakeAt));
      else {
        if (overdue.length === 0 && random.chance(0.3)) seconds += random.below(PATIENCE_SECONDS);
        waiting.delete(next);
        next.go();
      }
    }
  };

  return {
    clock,
    storeFor,
    start,
    run,
    pause: (for_: number) => turn(seconds + for_),
    advance: (by: number) => {
      seconds += by;
    },
  };
}

/** All promises that can go on without a turn have gone on. */
const quiet = () => new Promise<void>((resolve) => setImmediate(resolve));
