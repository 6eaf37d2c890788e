import type { Cloud } from '../../cloud/cloud';
import { keyOf, LOCATION, nameOf } from '../../cloud/ids';
import type { Disk, Json, Vm } from '../../cloud/model';
import { sizeOf } from './vm-sizes';

const AGENT_VERSION = { Windows: '2.7.41491.1172', Linux: '2.13.1.1' } as const;

/** The VM as `GET` answers it; with `view`, its state inside `properties.instanceView`. */
export function renderVm(cloud: Cloud, vm: Vm, view?: 'instanceView'): Json {
  const { id, name, tags, zones, identity, plan, extendedLocation, placement } = vm;
  return {
    id,
    name,
    type: 'Microsoft.Compute/virtualMachines',
    location: LOCATION,
    tags,
    ...(zones && { zones }),
    ...(identity && { identity }),
    ...(plan && { plan }),
    ...(extendedLocation && { extendedLocation }),
    ...(placement && { placement }),
    properties: {
      ...vm.properties,
      vmId: vm.vmId,
      hardwareProfile: { ...vm.hardware, vmSize: vm.vmSize },
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
      createOption: isFromImage(disk) ? 'FromImage' : 'Attach',
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
    ...vm.storage,
    diskControllerType: vm.diskControllerType ?? sizeOf(vm.vmSize).diskControllers[0],
  };
}

function isFromImage(disk: Disk | undefined): boolean {
  return (disk?.properties.creationData as Json | undefined)?.createOption === 'FromImage';
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
