import type { Cloud } from '../cloud';
import type { Json, Vm } from '../model';
import { ArmError, resourceNotFound } from './arm-error';
import { computeId, keyOf, LOCATION, nameOf } from './ids';
import { accepted, type Completions, type Operations } from './operations';
import { type ArmRequest, groupRoute, type Route, subscriptionRoute } from './route';

const AGENT_VERSION = { Windows: '2.7.41491.1172', Linux: '2.13.1.1' } as const;

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

/** The VM as `GET` answers it; with `view`, its state inside `properties.instanceView`. */
export function renderVm(cloud: Cloud, vm: Vm, view?: 'instanceView'): Json {
  const { id, name, tags, zones, identity, plan } = vm;
  return {
    id,
    name,
    type: 'Microsoft.Compute/virtualMachines',
    location: LOCATION,
    tags,
    ...(zones && { zones }),
    ...(identity && { identity }),
    ...(plan && { plan }),
    properties: {
      ...vm.properties,
      vmId: vm.vmId,
      hardwareProfile: { vmSize: vm.vmSize },
      storageProfile: renderStorageProfile(cloud, vm),
      networkProfile: { networkInterfaces: vm.networkInterfaces },
      provisioningState: vm.provisioningState,
      timeCreated: vm.timeCreated,
      ...(view && { instanceView: renderInstanceView(cloud, vm) }),
    },
    resources: vm.extensions.map((extension) => ({ id: `${id}/extensions/${extension.name}` })),
  };
}

export function renderStorageProfile(cloud: Cloud, vm: Vm): Json {
  const disks = vm.disks.map((attached) => {
    const disk = cloud.store.get('disks', keyOf(attached.diskId));
    return {
      lun: attached.lun,
      name: nameOf(attached.diskId),
      createOption: attached.lun === -1 && disk?.properties.restoredVm !== true ? 'FromImage' : 'Attach',
      caching: attached.caching,
      writeAcceleratorEnabled: attached.writeAcceleratorEnabled,
      deleteOption: attached.deleteOption,
      diskSizeGB: Math.ceil((disk?.stack.sizeBytes ?? 0) / 2 ** 30),
      managedDisk: { id: attached.diskId, storageAccountType: disk?.sku },
      ...(attached.lun === -1 && { osType: vm.os }),
      ...(attached.ephemeral && { diffDiskSettings: { option: 'Local' } }),
    };
  });
  const osDisk = disks.find((disk) => disk.lun === -1);
  return {
    osDisk: osDisk && { ...osDisk, lun: undefined },
    dataDisks: disks.filter((disk) => disk.lun !== -1).map((disk) => ({ ...disk, toBeDetached: false })),
    diskControllerType: 'SCSI',
  };
}

export function renderInstanceView(cloud: Cloud, vm: Vm): Json {
  const time = cloud.now().toISOString();
  const isAllocated = vm.powerState !== 'deallocated';
  return {
    ...(isAllocated && { computerName: vm.name, osName: vm.os, hyperVGeneration: 'V2' }),
    ...(isAllocated && vm.guest.agent !== 'not-installed' && { vmAgent: renderAgent(vm, time) }),
    disks: vm.disks.map(({ diskId }) => ({
      name: nameOf(diskId),
      statuses: [
        { code: 'ProvisioningState/succeeded', level: 'Info', displayStatus: 'Provisioning succeeded', time },
      ],
    })),
    extensions: isAllocated ? vm.extensions.map(renderExtensionView) : [],
    statuses: [
      {
        code: `ProvisioningState/${vm.provisioningState.toLowerCase()}`,
        level: 'Info',
        displayStatus: `Provisioning ${vm.provisioningState.toLowerCase()}`,
        time,
      },
      { code: `PowerState/${vm.powerState}`, level: 'Info', displayStatus: `VM ${vm.powerState}` },
    ],
  };
}

function renderAgent(vm: Vm, time: string): Json {
  const isReady = vm.guest.agent === 'ready' && vm.powerState === 'running';
  return {
    vmAgentVersion: isReady ? AGENT_VERSION[vm.os] : 'Unknown',
    statuses: [
      isReady
        ? {
            code: 'ProvisioningState/succeeded',
            level: 'Info',
            displayStatus: 'Ready',
            message: 'Guest Agent is running',
            time,
          }
        : {
            code: 'ProvisioningState/Unavailable',
            level: 'Warning',
            displayStatus: 'Not Ready',
            message: 'VM Agent is unresponsive.',
            time,
          },
    ],
    extensionHandlers: isReady
      ? vm.extensions.map(({ publisher, type, typeHandlerVersion }) => ({
          type: `${publisher}.${type}`,
          typeHandlerVersion,
          status: { code: 'ProvisioningState/succeeded', level: 'Info', displayStatus: 'Ready' },
        }))
      : [],
  };
}

export function renderExtensionView(extension: Vm['extensions'][number]): Json {
  const { name, publisher, type, typeHandlerVersion, provisioningState, message } = extension;
  const state = provisioningState.toLowerCase();
  return {
    name,
    type: `${publisher}.${type}`,
    typeHandlerVersion,
    statuses: [
      {
        code: `ProvisioningState/${state}`,
        level: state === 'failed' ? 'Error' : 'Info',
        displayStatus: `Provisioning ${state}`,
        message,
      },
    ],
  };
}

/** What the end of a power operation does to the VM. */
export const vmCompletions: Completions = {
  'virtualMachines.start': changePower('running'),
  'virtualMachines.restart': changePower('running'),
  'virtualMachines.powerOff': changePower('stopped'),
  'virtualMachines.deallocate': changePower('deallocated'),
};

function changePower(powerState: Vm['powerState']): Completions[string] {
  return (cloud, operation) => {
    const vm = cloud.store.get('vms', keyOf(operation.resourceId));
    if (vm === undefined || operation.error !== undefined) return [];
    return [{ table: 'vms', key: keyOf(vm.id), value: { ...vm, powerState } }];
  };
}

export function vmRoutes(operations: Operations): Route[] {
  const vmPath = '/virtualMachines/:vm';

  function power(name: string, during: Vm['powerState'], check?: (cloud: Cloud, vm: Vm) => void): Route {
    const kind = `virtualMachines.${name}`;
    return groupRoute(kind, 'POST', `${vmPath}/${name}`, (cloud, request) => {
      const vm = findVm(cloud, request);
      check?.(cloud, vm);
      const changing = { ...vm, powerState: during };
      const operation = operations.start(cloud, { kind, resourceId: vm.id }, [
        { table: 'vms', key: keyOf(vm.id), value: changing },
      ]);
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
    groupRoute('virtualMachines.get', 'GET', vmPath, (cloud, request) => {
      const view =
        request.query.get('$expand')?.toLowerCase() === 'instanceview' ? 'instanceView' : undefined;
      return { status: 200, body: renderVm(cloud, findVm(cloud, request), view) };
    }),
    groupRoute('virtualMachines.instanceView', 'GET', `${vmPath}/instanceView`, (cloud, request) => ({
      status: 200,
      body: renderInstanceView(cloud, findVm(cloud, request)),
    })),
    power('start', 'starting'),
    power('restart', 'starting'),
    power('powerOff', 'stopping'),
    power('deallocate', 'deallocating'),
  ];
}
