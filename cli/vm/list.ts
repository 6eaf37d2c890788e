import { allPages } from '../../client/all-pages';
import type { UnreadSubscription, VmDescription } from '../../client/api-types';
import type { Session } from '../command/session';
import { findVm } from '../names/find-vm';
import { table } from '../output/table';
import { VM_COLUMNS, VM_DISKS, VM_FIELDS } from './vm-columns';

/** All VMs, as one page. */
export async function listVms(session: Session): Promise<void> {
  const vms: VmDescription[] = [];
  let unread: UnreadSubscription[] | undefined;
  for await (const page of allPages(session.api.listVms)) {
    vms.push(...page.vms);
    unread ??= page.unread;
  }
  session.list({ document: { vms, unread }, rows: vms, columns: VM_COLUMNS });
  for (const { subscriptionId, problem } of unread ?? [])
    session.say(`Subscription ${subscriptionId} was not read: ${problem}`);
}

export async function showVm(session: Session, text: string): Promise<void> {
  const vm = await findVm(session.api, text);
  session.show(vm, VM_FIELDS, vm.disks.length > 0 ? [table(VM_DISKS, vm.disks)] : []);
}
