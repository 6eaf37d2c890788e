import fc from 'fast-check';
import { allItems, allPages } from '../../client/all-pages';

/** A list whose pages hold these items; one asks for a page by the number of the one before. */
const listOf =
  (pages: number[][], asked: (string | undefined)[] = []) =>
  async ({ after }: { after?: string }) => {
    asked.push(after);
    const at = after === undefined ? 0 : Number(after) + 1;
    return { items: pages[at] ?? [], ...(at + 1 < pages.length ? { next: String(at) } : {}) };
  };

describe('a list in pages', () => {
  it('is read to its end, in order, however its items are spread, empty pages included', async () => {
    const pages = fc.array(fc.array(fc.nat(), { maxLength: 3 }), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(pages, async (given) => {
        expect(await allItems(listOf(given), ({ items }) => items)).toEqual(given.flat());
      }),
    );
  });

  it('is asked for no page that nobody takes', async () => {
    const asked: (string | undefined)[] = [];
    for await (const { items } of allPages(listOf([[1], [2], [3]], asked))) if (items.includes(2)) break;
    expect(asked).toEqual([undefined, '0']);
  });

  it('is not read forever by who forgets to ask for the place', async () => {
    const first = listOf([[1], [2]]);
    await expect(
      allItems(
        () => first({}),
        ({ items }) => items,
      ),
    ).rejects.toThrow('does not get beyond 0');
  });

  it('may hold more items than a call has arguments', async () => {
    const many = Array.from({ length: 300_000 }, (_, index) => index);
    expect(await allItems(listOf([many]), ({ items }) => items)).toHaveLength(many.length);
  });
});
