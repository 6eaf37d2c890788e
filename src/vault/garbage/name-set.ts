const HEX_DIGITS = 13;
const FREE = -1;

/**
 * A set of content names in 16 bytes each: only their first 52 bits are kept. Two names that agree in those
 * count as one, so a blob may be kept that could go (one in 10⁸ with 40 million names), never the other way
 * round.
 */
export function nameSet(capacity = 1024) {
  let slots = new Float64Array(powerOfTwo(capacity * 2)).fill(FREE);
  let size = 0;

  const slotOf = (key: number): number => {
    let slot = key % slots.length;
    while (slots[slot] !== FREE && slots[slot] !== key) slot = (slot + 1) % slots.length;
    return slot;
  };
  const grow = () => {
    const old = slots;
    slots = new Float64Array(old.length * 2).fill(FREE);
    for (const key of old) if (key !== FREE) slots[slotOf(key)] = key;
  };

  return {
    /** True when the name is new. */
    add(name: string): boolean {
      const key = keyOf(name);
      const slot = slotOf(key);
      if (slots[slot] === key) return false;
      slots[slot] = key;
      size += 1;
      if (size * 2 > slots.length) grow();
      return true;
    },
    has: (name: string) => slots[slotOf(keyOf(name))] !== FREE,
    /** What is kept of the names, in no order. */
    *keys(): Generator<number> {
      for (const key of slots) if (key !== FREE) yield key;
    },
    get size() {
      return size;
    },
  };
}

export type NameSet = ReturnType<typeof nameSet>;

/** What is kept of a content name. */
export const keyOf = (name: string) => Number.parseInt(name.slice(0, HEX_DIGITS), 16);

const powerOfTwo = (atLeast: number) => 2 ** Math.ceil(Math.log2(Math.max(atLeast, 16)));
