/** Asks a list for the page after a place, or for its first page. */
export type ListPage<Page> = (place: { after?: string }) => Promise<Page>;

/**
 * Every page of a list of the API, one request after another, until there is no next one. A list that needs
 * more is asked with it: `allPages((place) => api.listJobs({ kind: 'backup', ...place }))`. Throws where a
 * page names itself as the next one, as all do for who forgets the place.
 */
export async function* allPages<Page extends { next?: string }>(list: ListPage<Page>): AsyncGenerator<Page> {
  let after: string | undefined;
  do {
    const page = await list({ after });
    yield page;
    if (page.next !== undefined && page.next === after)
      throw new Error(`The list does not get beyond ${after}.`);
    after = page.next;
  } while (after !== undefined);
}

/** What all the pages of a list hold: `allItems(api.listVms, ({ vms }) => vms)`. */
export async function allItems<Page extends { next?: string }, Item>(
  list: ListPage<Page>,
  itemsOf: (page: Page) => Item[],
): Promise<Item[]> {
  const items: Item[] = [];
  for await (const page of allPages(list)) for (const item of itemsOf(page)) items.push(item);
  return items;
}
