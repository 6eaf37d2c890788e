import { z } from 'zod';

const MAX_PAGE = 1000;

const NOT_A_LIMIT = `not a number from 1 to ${MAX_PAGE}`;

/**
 * How many items a page holds at most, in decimal digits: `0x10` and `1e3` are numbers to JavaScript only.
 */
export const Limit = (usual: number) =>
  z.preprocess(
    (text) => (typeof text === 'string' && /^\d{1,9}$/.test(text) ? Number(text) : text),
    z.int({ error: NOT_A_LIMIT }).min(1).max(MAX_PAGE).default(usual),
  );

/** One page of items that are sorted by `keyOf`; `next` is the key after which to go on. */
export function pageOf<T>(
  items: T[],
  keyOf: (item: T) => string,
  { limit, after }: { limit: number; after?: string },
): { page: T[]; next?: string } {
  const rest = after === undefined ? items : items.filter((item) => keyOf(item) > after);
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  return rest.length > page.length && last !== undefined ? { page, next: keyOf(last) } : { page };
}
