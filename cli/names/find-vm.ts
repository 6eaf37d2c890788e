import { allItems } from '../../client/all-pages';
import type { ApiClient } from '../../client/api-client';
import type { VmDescription } from '../../client/api-types';
import { onlyOne } from './only-one';

/** The VM that a short name means. Throws `Refused` when there is none, or when it may be several. */
export async function findVm(api: ApiClient, text: string): Promise<VmDescription> {
  return vmNamed(await allItems(api.listVms, ({ vms }) => vms), text);
}

/** What a VM is called by. */
export type NamedVm = Pick<VmDescription, 'key' | 'name' | 'resourceGroup'>;

/**
 * By its key, its name, `group/name`, or the beginning of its key, in this order: what is named in full is
 * never taken for the beginning of something else.
 */
export function vmNamed<Vm extends NamedVm>(
  vms: readonly Vm[],
  text: string,
  lookUp = 'vmbackup vm list',
): Vm {
  const wanted = text.toLowerCase();
  const ways: ((vm: NamedVm) => boolean)[] = [
    ({ key }) => key === wanted,
    ({ name }) => name.toLowerCase() === wanted,
    ({ name, resourceGroup }) => `${resourceGroup}/${name}`.toLowerCase() === wanted,
    ({ key }) => wanted !== '' && key.startsWith(wanted),
  ];
  const found = ways.map((way) => vms.filter(way)).find((some) => some.length > 0) ?? [];
  const say = ({ key, name, resourceGroup }: NamedVm) => `${key}  (${resourceGroup}/${name})`;
  return onlyOne('VM', text, found, say, lookUp);
}
