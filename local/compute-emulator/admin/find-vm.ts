import type { Cloud } from '../cloud';
import type { Vm } from '../model';
import { AdminError } from './admin-error';

/** @throws AdminError when there is no VM of that name */
export function findVm(cloud: Cloud, name = ''): Vm {
  const vm = cloud.store.list('vms').find((each) => each.name.toLowerCase() === name.toLowerCase());
  if (vm === undefined) throw new AdminError(404, 'no-such-vm', `There is no VM ${name}.`);
  return vm;
}
