import type { Cloud } from '../../cloud/cloud';
import { computeId, keyOf } from '../../cloud/ids';
import { list } from '../../cloud/json';
import type { Vm } from '../../cloud/model';
import { ArmError } from '../rest/arm-error';
import {
  accepted,
  type Completion,
  type Completions,
  type Operations,
  type Results,
} from '../rest/operations';
import { type ArmRequest, type ArmResponse, groupRoute, type Route } from '../rest/route';
import { managedRunCommandsOf } from './managed-run-commands';
import { renderStorageProfile, renderVm } from './render-vm';
import { changeVm, detached, freedInterfaces } from './vm-attachments';
import { modelChanges, newVm, readDisk } from './vm-model';
import { findVm, VM_PATH } from './vms';

export const vmCompletions: Completions = {
  'virtualMachines.createOrUpdate': settled,
  'virtualMachines.attachDetachDataDisks': settled,
  'virtualMachines.delete': (cloud, { resourceId, error }) => {
    const vm = cloud.store.get('vms', keyOf(resourceId));
    if (vm === undefined || error !== undefined) return [];
    return [
      { table: 'vms', key: keyOf(vm.id), value: null },
      ...detached(cloud, vm),
      ...freedInterfaces(cloud, vm),
      ...managedRunCommandsOf(cloud, vm),
    ];
  },
};

function settled(...[cloud, { resourceId, error }]: Parameters<Completion>): ReturnType<Completion> {
  const vm = cloud.store.get('vms', keyOf(resourceId));
  if (vm === undefined) return [];
  const provisioningState = error === undefined ? 'Succeeded' : 'Failed';
  return [{ table: 'vms', key: keyOf(vm.id), value: { ...vm, provisioningState } }];
}

export const vmResults: Results = {
  'virtualMachines.createOrUpdate': (cloud, key) => {
    const vm = cloud.store.get('vms', key);
    return vm && renderVm(cloud, vm);
  },
};

export function vmChangeRoutes(operations: Operations): Route[] {
  function save(cloud: Cloud, request: ArmRequest, before: Vm | undefined, vm: Vm): ArmResponse {
    const updating: Vm = { ...vm, provisioningState: before === undefined ? 'Creating' : 'Updating' };
    const kind = 'virtualMachines.createOrUpdate';
    const operation = operations.start(cloud, { kind, resourceId: vm.id }, changeVm(cloud, before, updating));
    return accepted(cloud, request, operation, before === undefined ? 201 : 200, renderVm(cloud, updating));
  }

  return [
    groupRoute('virtualMachines.createOrUpdate', 'PUT', VM_PATH, (cloud, request) => {
      const id = computeId(request.names.group ?? '', 'virtualMachines', request.names.vm ?? '');
      const existing = cloud.store.get('vms', keyOf(id));
      if (existing !== undefined && request.ifNoneMatch === '*') {
        throw new ArmError(412, 'PreconditionFailed', `The virtual machine ${existing.name} exists already.`);
      }
      const vm = existing ?? newVm(cloud, id, request);
      return save(cloud, request, existing, { ...vm, ...modelChanges(cloud, vm, request.body) });
    }),
    groupRoute('virtualMachines.update', 'PATCH', VM_PATH, (cloud, request) => {
      const vm = findVm(cloud, request);
      return save(cloud, request, vm, { ...vm, ...modelChanges(cloud, vm, request.body) });
    }),
    groupRoute('virtualMachines.delete', 'DELETE', VM_PATH, (cloud, request) => {
      const id = computeId(request.names.group ?? '', 'virtualMachines', request.names.vm ?? '');
      if (cloud.store.get('vms', keyOf(id)) === undefined) return { status: 204 };
      const kind = 'virtualMachines.delete';
      return accepted(cloud, request, operations.start(cloud, { kind, resourceId: id }));
    }),
    groupRoute(
      'virtualMachines.attachDetachDataDisks',
      'POST',
      `${VM_PATH}/attachDetachDataDisks`,
      (cloud, request) => {
        const vm = findVm(cloud, request);
        const gone = new Set(list(request.body.dataDisksToDetach).map((disk) => keyOf(String(disk.diskId))));
        const kept = vm.disks.filter(({ diskId }) => !gone.has(keyOf(diskId)));
        const added = list(request.body.dataDisksToAttach).map((disk) =>
          readDisk(disk, String(disk.diskId), Number(disk.lun)),
        );
        const changed = { ...vm, disks: [...kept, ...added], provisioningState: 'Updating' };
        const operation = operations.start(
          cloud,
          {
            kind: 'virtualMachines.attachDetachDataDisks',
            resourceId: vm.id,
            output: renderStorageProfile(cloud, changed),
          },
          changeVm(cloud, vm, changed),
        );
        return accepted(cloud, request, operation);
      },
    ),
  ];
}
