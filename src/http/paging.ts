import { z } from 'zod';

const MAX_PAGE = 1000;

/** How many items a page holds at most. */
export const Limit = (usual: number) =>
  z.coerce
    .number({ error: `not a number from 1 to ${MAX_PAGE}` })
    .int()
    .min(1)
    .max(MAX_PAGE)
    .default(usual);

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
