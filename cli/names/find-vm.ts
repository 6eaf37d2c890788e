import { allItems } from '../../client/all-pages';
import type { ApiClient } from '../../client/api-client';
import type { VmDescription } from '../../client/api-types';
import { onlyOne } from './only-one';

/** The VM that a short name means. Throws `Refused` when there is none, or when it may be several. */
export async function findVm(api: ApiClient, text: string): Promise<VmDescription> {
  return vmNamed(await allItems(api.listVms, ({ vms }) => vms), text);
}

/**
 * By its key, its name, `group/name`, or the beginning of its key, in this order: what is named in full is
 * never taken for the beginning of something else.
 */
export function vmNamed(vms: readonly VmDescription[], text: string): VmDescription {
  const wanted = text.toLowerCase();
  const ways: ((vm: VmDescription) => boolean)[] = [
    ({ key }) => key === wanted,
    ({ name }) => name.toLowerCase() === wanted,
    ({ name, resourceGroup }) => `${resourceGroup}/${name}`.toLowerCase() === wanted,
    ({ key }) => wanted !== '' && key.startsWith(wanted),
  ];
  const found = ways.map((way) => vms.filter(way)).find((some) => some.length > 0) ?? [];
  const say = ({ key, name, resourceGroup }: VmDescription) => `${key}  (${resourceGroup}/${name})`;
  return onlyOne('VM', text, found, say, 'vmbackup vm list');
}
