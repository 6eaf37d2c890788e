import { decide, type PropertyTable } from './property';

const RUNS_AS = 'It decides how the VM runs.';
const NEEDS_OTHERS = 'It needs a resource that may be gone, full, or out of reach of the new VM.';
const SETTINGS_OF_NEW_DISKS = 'The new disks are attached as they are: it stands on the disk itself.';
const ATTACHED = 'The new VM is made of disks that exist, not of an image.';
const ON_THE_DISK = 'The guest is set up already: it is on the OS disk.';
const NO_OS_PROFILE = 'Azure takes an OS profile only for a VM that it sets up itself.';
const OWN_PLACE = 'The restored disk has a place of its own.';

const disk = (place: 'osDisk' | 'dataDisks[]') => {
  const at = (name: string) => `properties.storageProfile.${place}.${name}`;
  return [
    ...decide('restored', 'It decides how the disk is used.', {
      [at('caching')]: 'the host caching',
      [at('writeAcceleratorEnabled')]: 'the write accelerator',
    }),
    ...decide('if-possible', NEEDS_OTHERS, {
      [at('storageFaultDomainAlignment')]: 'the alignment of storage fault domains',
    }),
    ...decide(
      'not-restored',
      'A restored disk stays when its VM is deleted, until somebody decides otherwise.',
      {
        [at('deleteOption')]: { name: 'the deletion of the disk together with its VM', usual: ['Detach'] },
      },
    ),
    ...decide('made-anew', SETTINGS_OF_NEW_DISKS, {
      [at('diskSizeGB')]: 'the size',
      [at('managedDisk')]: 'the managed disk',
    }),
    ...decide('made-anew', OWN_PLACE, { [at('name')]: 'the name', [at('vhd')]: 'the page blob' }),
    ...decide('made-anew', ATTACHED, {
      [at('createOption')]: 'how it came to be',
      [at('image')]: 'the image',
    }),
  ];
};

/** Every property of a VM that can be written. Source: `VirtualMachine` of @azure/arm-compute. */
export const VIRTUAL_MACHINE: PropertyTable = {
  resource: 'VirtualMachine (Microsoft.Compute/virtualMachines)',
  apiVersion: '2026-04-01',
  properties: [
    ...decide('made-anew', 'The VM is restored where its disks are.', { location: 'the region' }),
    ...decide('restored', 'It decides where the VM is; the restore can name another zone.', {
      zones: 'the zone',
      extendedLocation: 'the edge zone',
    }),
    ...decide('made-anew', 'The zone that was chosen with it is restored.', {
      placement: 'the choice of a zone',
    }),
    ...decide(
      'restored',
      'Without the tag that protects, unless it is asked for: the copy would be backed up at once.',
      {
        tags: 'the tags',
      },
    ),
    ...decide('restored', 'Azure refuses disks of a Marketplace image without it.', { plan: 'the plan' }),
    ...decide('if-possible', NEEDS_OTHERS, {
      identity: 'the managed identity',
      'identity.type': {
        name: 'the managed identity',
        note: {
          text: 'The system-assigned identity of the new VM is a new one: give it the roles that the old one had.',
          when: (value) => String(value).includes('SystemAssigned'),
        },
      },
    }),
    ...decide('restored', RUNS_AS, {
      'properties.hardwareProfile.vmSize': 'the size',
      'properties.hardwareProfile.vmSizeProperties': 'the number of cores',
      'properties.hardwareProfile.processorMode': 'the mode of the processor',
      'properties.additionalCapabilities.ultraSSDEnabled': 'the use of Ultra disks',
      'properties.additionalCapabilities.hibernationEnabled': 'hibernation',
      'properties.additionalCapabilities.enableFips1403Encryption': 'encryption by FIPS 140-3',
      'properties.storageProfile.diskControllerType': 'the type of the disk controller',
      'properties.licenseType': 'the licence',
      'properties.priority': 'the priority (Spot)',
      'properties.evictionPolicy': 'the policy of eviction',
      'properties.billingProfile': 'the highest price',
      'properties.userData': 'the user data',
      'properties.extensionsTimeBudget': 'the time for extensions',
      'properties.scheduledEventsPolicy': 'the policy of scheduled events',
      'properties.scheduledEventsProfile': 'the notice of scheduled events',
      'properties.diagnosticsProfile.bootDiagnostics.enabled': 'boot diagnostics',
    }),
    ...decide('restored', 'It protects the VM.', {
      'properties.securityProfile.encryptionAtHost': { name: 'encryption at host', protects: true },
      'properties.securityProfile.uefiSettings': { name: 'secure boot and the vTPM', protects: true },
      'properties.securityProfile.securityType': {
        name: 'the security type',
        protects: true,
        note: {
          text: 'The vTPM of the new VM is a new one: what was sealed in the old one, as by BitLocker, needs its recovery key.',
          when: (value) => value === 'TrustedLaunch',
        },
      },
      'properties.securityProfile.proxyAgentSettings': {
        name: 'the metadata security protocol',
        protects: true,
      },
    }),
    ...decide('made-anew', 'Azure counts the keys of each VM itself.', {
      'properties.securityProfile.proxyAgentSettings.keyIncarnationId': 'the count of keys',
    }),
    ...decide('if-possible', NEEDS_OTHERS, {
      'properties.securityProfile.encryptionIdentity': 'the identity of disk encryption',
      'properties.diagnosticsProfile.bootDiagnostics.storageUri': 'the storage account of boot diagnostics',
      'properties.availabilitySet': 'the availability set',
      'properties.virtualMachineScaleSet': 'the scale set',
      'properties.platformFaultDomain': 'the fault domain',
      'properties.proximityPlacementGroup': 'the proximity placement group',
      'properties.host': 'the dedicated host',
      'properties.hostGroup': 'the dedicated host group',
      'properties.capacityReservation': 'the capacity reservation',
      'properties.interconnectBlockProfile': 'the interconnect block',
      'properties.networkProfile.interconnectGroupProfile': 'the interconnect group',
      'properties.applicationProfile': 'the gallery applications',
      'properties.resiliencyProfile': 'the movement between zones',
      'properties.storageProfile.alignRegionalDisksToVMZone': 'the alignment of disks to the zone',
    }),
    ...disk('osDisk'),
    ...disk('dataDisks[]'),
    ...decide('restored', 'It decides how the disk is used.', {
      'properties.storageProfile.dataDisks[].lun': 'the LUN',
    }),
    ...decide('made-anew', SETTINGS_OF_NEW_DISKS, {
      'properties.storageProfile.dataDisks[].diskIOPSReadWrite': 'the IOPS',
      'properties.storageProfile.dataDisks[].diskMBpsReadWrite': 'the throughput',
      'properties.storageProfile.osDisk.encryptionSettings': 'Azure Disk Encryption',
      'properties.storageProfile.osDisk.osType': 'the operating system',
      'properties.storageProfile.diskApiVersion': 'the API version of new disks',
    }),
    ...decide('made-anew', ATTACHED, {
      'properties.storageProfile.imageReference': 'the image',
      'properties.storageProfile.osDisk.diffDiskSettings': 'the ephemeral OS disk',
      'properties.storageProfile.dataDisks[].sourceResource': 'the source of the disk',
      'properties.storageProfile.dataDisks[].toBeDetached': 'that it is being detached',
      'properties.storageProfile.dataDisks[].detachOption': 'how it is detached',
    }),
    ...decide('made-anew', ON_THE_DISK, { 'properties.osProfile': 'the OS profile' }),
    ...decide('not-restored', NO_OS_PROFILE, {
      'properties.osProfile.windowsConfiguration.patchSettings': {
        name: 'the patch settings',
        usual: ['AutomaticByOS', 'Manual', 'ImageDefault', false],
      },
      'properties.osProfile.linuxConfiguration.patchSettings': {
        name: 'the patch settings',
        usual: ['ImageDefault', false],
      },
      'properties.osProfile.linuxConfiguration.enableVMAgentPlatformUpdates': {
        name: 'the updates of the VM agent by the platform',
        usual: [false],
      },
      'properties.osProfile.windowsConfiguration.winRM': 'the WinRM listeners',
      'properties.osProfile.secrets': 'the certificates that Azure brings into the VM',
      'properties.osProfile.allowExtensionOperations': {
        name: 'the ban of extensions',
        usual: [true],
      },
    }),
    ...decide('made-anew', 'Each network interface is a resource of its own, with a table of its own.', {
      'properties.networkProfile.networkInterfaces': 'the network interfaces',
      'properties.networkProfile.networkApiVersion': 'the API version of new network interfaces',
      'properties.networkProfile.networkInterfaceConfigurations': 'the network interfaces that Azure makes',
    }),
    ...decide('restored', 'It decides which interface answers first.', {
      'properties.networkProfile.networkInterfaces[].properties.primary':
        'which network interface is the primary one',
    }),
    ...decide('not-restored', 'A restored network interface stays when its VM is deleted.', {
      'properties.networkProfile.networkInterfaces[].properties.deleteOption': {
        name: 'the deletion of the network interface together with its VM',
        usual: ['Detach'],
      },
    }),
  ],
};
