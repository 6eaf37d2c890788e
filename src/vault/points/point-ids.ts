import { isPointId } from '../format/names';
import type { Vault } from '../vault';

/** The point ids under a prefix, in the order of their names; names outside the grammar are not points. */
export async function idsUnder({ store }: Vault, prefix: string): Promise<string[]> {
  const ids: string[] = [];
  for await (const { name } of store.list(prefix)) {
    const id = name.slice(name.indexOf('/') + 1, -'.json'.length);
    if (name.endsWith('.json') && isPointId(id)) ids.push(id);
  }
  return ids;
}
