import { chunkBuffer } from '../../src/vault/codec/chunk-memory';

/** Chunks in memory, at most so many. Whoever asks for one that is being fetched waits for it. */
export interface ChunkCache {
  /**
   * Shows a chunk to `use`, fetched by `load` into memory where it is not there; a load that failed is tried
   * again by the next who asks. The bytes may be gone as soon as `use` returns.
   */
  view<T>(key: string, load: (target: Buffer) => Promise<void>, use: (bytes: Buffer) => T): Promise<T>;
  has(key: string): boolean;
  /** How many are being fetched. */
  readonly loading: number;
  /** How many it may hold. */
  readonly limit: number;
}

interface Slot {
  bytes: Buffer;
  /** Who waits for the chunk or looks at it; one that nobody does can make room. */
  users: number;
  ready: Promise<void>;
  failed: boolean;
}

/** A cache of at most `limit` chunks of 4 MiB; those that were used least lately make room. */
export function chunkCache(limit: number): ChunkCache {
  const slots = new Map<string, Slot>();
  const free: Buffer[] = [];
  const waiting: (() => void)[] = [];
  let made = 0;
  let loading = 0;

  const wakeOne = () => waiting.shift()?.();

  function takeBuffer(): Buffer | undefined {
    const kept = free.pop();
    if (kept) return kept;
    if (made < limit) {
      made += 1;
      return chunkBuffer();
    }
    for (const [key, slot] of slots) {
      if (slot.users > 0) continue;
      slots.delete(key);
      return slot.bytes;
    }
    return undefined;
  }

  function fetch(key: string, bytes: Buffer, load: (target: Buffer) => Promise<void>): Slot {
    loading += 1;
    const slot: Slot = { bytes, users: 0, ready: load(bytes), failed: false };
    slots.set(key, slot);
    slot.ready.then(
      () => {
        loading -= 1;
      },
      () => {
        loading -= 1;
        slot.failed = true;
        slots.delete(key);
      },
    );
    return slot;
  }

  async function slotOf(key: string, load: (target: Buffer) => Promise<void>): Promise<Slot> {
    for (let waited = false; ; waited = true) {
      const known = slots.get(key);
      if (known) {
        // Who was woken for a buffer and needs none passes the news on.
        if (waited) wakeOne();
        slots.delete(key);
        slots.set(key, known);
        known.users += 1;
        return known;
      }
      const bytes = takeBuffer();
      if (bytes) {
        const slot = fetch(key, bytes, load);
        slot.users += 1;
        return slot;
      }
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
  }

  function leave(slot: Slot): void {
    slot.users -= 1;
    if (slot.users > 0) return;
    if (slot.failed) free.push(slot.bytes);
    wakeOne();
  }

  return {
    limit,
    get loading() {
      return loading;
    },
    has: (key) => slots.has(key),
    async view(key, load, use) {
      const slot = await slotOf(key, load);
      try {
        await slot.ready;
        return use(slot.bytes);
      } finally {
        leave(slot);
      }
    },
  };
}
