// Virtual machines: their power, their model and disks, their extensions, and scripts run in them.

import { activeGrant } from '../../access/grants';
import type { Cloud } from '../../cloud/cloud';
import { computeId, keyOf, nameOf } from '../../cloud/ids';
import type { Vm } from '../../cloud/model';
import { ArmError, resourceNotFound } from '../rest/arm-error';
import { accepted, type Completions, type Operations } from '../rest/operations';
import { type ArmRequest, groupRoute, type Route, subscriptionRoute } from '../rest/route';
import { renderInstanceView, renderVm } from './render-vm';
import { heldAnew } from './vm-attachments';

export const VM_PATH = '/virtualMachines/:vm';

export function findVm(cloud: Cloud, request: ArmRequest): Vm {
  const id = computeId(request.names.group ?? '', 'virtualMachines', request.names.vm ?? '');
  const vm = cloud.store.get('vms', keyOf(id));
  if (vm === undefined) throw resourceNotFound(id);
  return vm;
}

/** @throws ArmError in the words of Azure for operations that need the VM to be running. */
export function assertRunning(vm: Vm, message: string): void {
  if (vm.powerState !== 'running') throw new ArmError(409, 'OperationNotAllowed', message);
}

/** What the end of a power operation does to the VM. */
export const powerCompletions: Completions = {
  'virtualMachines.start': changePower('running'),
  'virtualMachines.restart': changePower('running'),
  'virtualMachines.powerOff': changePower('stopped'),
  'virtualMachines.deallocate': changePower('deallocated'),
};

/** An operation that failed leaves the VM as it was before. */
function changePower(powerState: Vm['powerState']): Completions[string] {
  return (cloud, { resourceId, error, args }) => {
    const vm = cloud.store.get('vms', keyOf(resourceId));
    if (vm === undefined) return [];
    const before = args?.before as Vm['powerState'];
    const after = error === undefined ? powerState : before;
    const isHeldAnew = after !== before && (after === 'deallocated' || after === 'running');
    return [
      { table: 'vms', key: keyOf(vm.id), value: { ...vm, powerState: after } },
      ...(isHeldAnew ? heldAnew(cloud, vm) : []),
    ];
  };
}

export function vmRoutes(operations: Operations): Route[] {
  function power(name: string, during: Vm['powerState'], check?: (cloud: Cloud, vm: Vm) => void): Route {
    const kind = `virtualMachines.${name}`;
    return groupRoute(kind, 'POST', `${VM_PATH}/${name}`, (cloud, request) => {
      const vm = findVm(cloud, request);
      check?.(cloud, vm);
      const operation = operations.start(
        cloud,
        { kind, resourceId: vm.id, args: { before: vm.powerState } },
        [{ table: 'vms', key: keyOf(vm.id), value: { ...vm, powerState: during } }],
      );
      return accepted(cloud, request, operation);
    });
  }

  return [
    subscriptionRoute('virtualMachines.listAll', 'GET', '/virtualMachines', (cloud, request) => {
      const view = request.query.get('statusonly') === 'true' ? 'instanceView' : undefined;
      return { status: 200, body: { value: cloud.store.list('vms').map((vm) => renderVm(cloud, vm, view)) } };
    }),
    groupRoute('virtualMachines.list', 'GET', '/virtualMachines', (cloud, { names }) => {
      const vms = cloud.store
        .list('vms')
        .filter((vm) => vm.resourceGroup.toLowerCase() === names.group?.toLowerCase());
      return { status: 200, body: { value: vms.map((vm) => renderVm(cloud, vm)) } };
    }),
    groupRoute('virtualMachines.get', 'GET', VM_PATH, (cloud, request) => {
      const view =
        request.query.get('$expand')?.toLowerCase() === 'instanceview' ? 'instanceView' : undefined;
      return { status: 200, body: renderVm(cloud, findVm(cloud, request), view) };
    }),
    groupRoute('virtualMachines.instanceView', 'GET', `${VM_PATH}/instanceView`, (cloud, request) => ({
      status: 200,
      body: renderInstanceView(cloud, findVm(cloud, request)),
    })),
    power('start', 'starting', assertNoDiskAccess),
    power('restart', 'starting'),
    power('powerOff', 'stopping'),
    power('deallocate', 'deallocating'),
  ];
}

/** A disk that is being exported cannot be written by its VM. */
function assertNoDiskAccess(cloud: Cloud, vm: Vm): void {
  const open = vm.disks.find(({ diskId }) => activeGrant(cloud, diskId) !== undefined);
  if (open === undefined) return;
  throw new ArmError(
    409,
    'OperationNotAllowed',
    `VM ${vm.name} cannot start while disk ${nameOf(open.diskId)} has an active shared access signature.`,
  );
}
