import type { Wire } from '../../../src/restore/properties';

const SUBSCRIPTION = '/subscriptions/00000000-0000-0000-0000-000000000001';
const shared = (provider: string, rest: string) =>
  `${SUBSCRIPTION}/resourceGroups/shared/providers/Microsoft.${provider}/${rest}`;
const network = (rest: string) => shared('Network', rest);
const compute = (rest: string) => shared('Compute', rest);
const SUBNET = network('virtualNetworks/hub/subnets/app');
const GROUP = network('networkSecurityGroups/nsg-1');

/**
 * A VM as people have them, with made-up values: what a PUT says of it, its disks and its network interfaces.
 */
export interface VmShape {
  os: 'Windows' | 'Linux';
  vm: Wire & { properties: Wire };
  /** Of the OS disk. */
  osDisk?: Wire;
  data?: { lun: number; caching?: string; writeAcceleratorEnabled?: boolean; disk: Wire }[];
  /** Properties of each, with tags. */
  interfaces?: (Wire & { tags?: Wire })[];
}

const size = (vmSize: string) => ({ hardwareProfile: { vmSize } });
const address = (name: string, properties: Wire, primary = true) => ({
  name,
  properties: { primary, subnet: { id: SUBNET }, ...properties },
});

export const VM_SHAPES: Readonly<Record<string, VmShape>> = {
  'linux-identity': {
    os: 'Linux',
    vm: {
      identity: {
        type: 'SystemAssigned, UserAssigned',
        userAssignedIdentities: { [shared('ManagedIdentity', 'userAssignedIdentities/uai-1')]: {} },
      },
      tags: { team: 'blue' },
      properties: {
        ...size('Standard_D2s_v5'),
        securityProfile: {
          encryptionAtHost: true,
          encryptionIdentity: {
            userAssignedIdentityResourceId: shared('ManagedIdentity', 'userAssignedIdentities/uai-1'),
          },
        },
        userData: 'I2Nsb3VkLWNvbmZpZw==',
      },
    },
    interfaces: [
      {
        networkSecurityGroup: { id: GROUP },
        dnsSettings: { dnsServers: ['10.0.0.4'] },
        tags: { team: 'net' },
      },
    ],
  },
  'windows-sql': {
    os: 'Windows',
    vm: {
      properties: {
        ...size('Standard_E8ds_v5'),
        licenseType: 'Windows_Server',
        osProfile: {
          computerName: 'sql',
          windowsConfiguration: { patchSettings: { patchMode: 'AutomaticByPlatform' } },
        },
        diagnosticsProfile: {
          bootDiagnostics: { enabled: true, storageUri: 'https://bootdiag.blob.core.windows.net/' },
        },
      },
    },
    data: [
      { lun: 0, caching: 'ReadOnly', disk: { sku: { name: 'Premium_LRS' }, properties: { tier: 'P20' } } },
      { lun: 1, caching: 'None', writeAcceleratorEnabled: true, disk: { sku: { name: 'Premium_LRS' } } },
    ],
    interfaces: [{ enableAcceleratedNetworking: true }],
  },
  spot: {
    os: 'Linux',
    vm: {
      properties: {
        ...size('Standard_D4s_v5'),
        priority: 'Spot',
        evictionPolicy: 'Deallocate',
        billingProfile: { maxPrice: 0.05 },
        scheduledEventsProfile: { terminateNotificationProfile: { enable: true, notBeforeTimeout: 'PT5M' } },
      },
    },
  },
  zonal: {
    os: 'Linux',
    vm: {
      zones: ['2'],
      properties: { ...size('Standard_D2s_v5'), additionalCapabilities: { hibernationEnabled: true } },
    },
    osDisk: { properties: { supportsHibernation: true } },
    data: [{ lun: 5, disk: { sku: { name: 'StandardSSD_ZRS' }, tags: { keep: 'yes' } } }],
  },
  placed: {
    os: 'Windows',
    vm: {
      properties: {
        hardwareProfile: {
          vmSize: 'Standard_D4s_v3',
          vmSizeProperties: { vCPUsAvailable: 2, vCPUsPerCore: 1 },
        },
        availabilitySet: { id: compute('availabilitySets/as-1') },
        proximityPlacementGroup: { id: compute('proximityPlacementGroups/ppg-1') },
        host: { id: compute('hostGroups/hg/hosts/h1') },
        capacityReservation: {
          capacityReservationGroup: { id: compute('capacityReservationGroups/crg-1') },
        },
      },
    },
  },
  flex: {
    os: 'Linux',
    vm: {
      properties: {
        ...size('Standard_D2s_v5'),
        virtualMachineScaleSet: { id: compute('virtualMachineScaleSets/flex-1') },
        platformFaultDomain: 1,
      },
    },
  },
  trusted: {
    os: 'Windows',
    vm: {
      properties: {
        ...size('Standard_D2s_v5'),
        securityProfile: {
          securityType: 'TrustedLaunch',
          uefiSettings: { secureBootEnabled: true, vTpmEnabled: true },
        },
      },
    },
    osDisk: { properties: { securityProfile: { securityType: 'TrustedLaunch' } } },
  },
  'arm-nvme': {
    os: 'Linux',
    vm: { properties: { ...size('Standard_D4ps_v6'), storageProfile: { diskControllerType: 'NVMe' } } },
    osDisk: {
      properties: { supportedCapabilities: { architecture: 'Arm64', diskControllerTypes: 'SCSI, NVMe' } },
    },
  },
  firewall: {
    os: 'Linux',
    vm: {
      plan: { name: 'byol', product: 'appliance-flex', publisher: 'examplevendor' },
      properties: size('Standard_DS3_v2'),
    },
    osDisk: {
      properties: {
        purchasePlan: { name: 'byol', product: 'appliance-flex', publisher: 'examplevendor' },
      },
    },
    interfaces: [
      {
        enableIPForwarding: true,
        ipConfigurations: [
          address('outside', { publicIPAddress: { id: network('publicIPAddresses/pip-1') } }),
        ],
      },
      { enableIPForwarding: true, enableAcceleratedNetworking: true },
      {
        enableIPForwarding: true,
        ipConfigurations: [
          address('a', {
            privateIPAllocationMethod: 'Static',
            privateIPAddress: '10.0.2.4',
            loadBalancerBackendAddressPools: [{ id: network('loadBalancers/ilb/backendAddressPools/be') }],
            applicationSecurityGroups: [{ id: network('applicationSecurityGroups/asg-1') }],
          }),
          address('b', { privateIPAllocationMethod: 'Static', privateIPAddress: '10.0.2.5' }, false),
        ],
      },
    ],
  },
  ultra: {
    os: 'Linux',
    vm: {
      zones: ['2'],
      properties: { ...size('Standard_D8s_v5'), additionalCapabilities: { ultraSSDEnabled: true } },
    },
    data: [
      {
        lun: 3,
        caching: 'None',
        disk: {
          sku: { name: 'UltraSSD_LRS' },
          properties: {
            creationData: { logicalSectorSize: 512 },
            diskIOPSReadWrite: 8000,
            diskMBpsReadWrite: 300,
          },
        },
      },
    ],
  },
  'premium-v2': {
    os: 'Linux',
    vm: { zones: ['1'], properties: size('Standard_D8s_v5') },
    data: [
      {
        lun: 0,
        caching: 'None',
        disk: {
          sku: { name: 'PremiumV2_LRS' },
          properties: {
            creationData: { logicalSectorSize: 512 },
            diskIOPSReadWrite: 5000,
            diskMBpsReadWrite: 200,
          },
        },
      },
    ],
  },
  private: {
    os: 'Windows',
    vm: { properties: size('Standard_D2s_v5') },
    osDisk: {
      properties: {
        encryption: {
          type: 'EncryptionAtRestWithCustomerKey',
          diskEncryptionSetId: compute('diskEncryptionSets/des-1'),
        },
        networkAccessPolicy: 'AllowPrivate',
        publicNetworkAccess: 'Disabled',
        diskAccessId: compute('diskAccesses/da-1'),
      },
    },
    data: [
      {
        lun: 0,
        caching: 'ReadOnly',
        disk: {
          sku: { name: 'Premium_LRS' },
          properties: {
            networkAccessPolicy: 'AllowPrivate',
            diskAccessId: compute('diskAccesses/da-1'),
            burstingEnabled: true,
          },
        },
      },
    ],
  },
};
