import { allItems } from '../../client/all-pages';
import type { ApiClient } from '../../client/api-client';
import type { VmDescription } from '../../client/api-types';

/** The VM of a point; of one that is in no list any more the key serves as its name. */
export async function vmOfPoint(
  api: ApiClient,
  point: string,
): Promise<{ name: string; there?: VmDescription }> {
  const key = point.slice(0, point.lastIndexOf('.'));
  const vm = (await allItems(api.listVms, ({ vms }) => vms)).find((one) => one.key === key);
  return { name: vm?.name ?? key, there: vm?.orphaned ? undefined : vm };
}
