import type { Cloud } from '../cloud/cloud';
import { DISK_SKUS } from '../cloud/disk-skus';
import { LOCATION } from '../cloud/ids';
import type { Json } from '../cloud/model';
import { type Route, subscriptionRoute } from './rest/route';
import { KNOWN_SIZES, sizeOf } from './vms/vm-sizes';

function usage(value: string, localizedValue: string, currentValue: number, limit: number): Json {
  return { unit: 'Count', currentValue, limit, name: { value, localizedValue } };
}

/** What a size can do, in the names of "Resource Skus - List". */
function capabilitiesOf(name: string): Json[] {
  const { architecture, diskControllers, dataDisks } = sizeOf(name);
  return Object.entries({
    CpuArchitectureType: architecture,
    DiskControllerTypes: diskControllers.join(','),
    HyperVGenerations: 'V1,V2',
    MaxDataDiskCount: String(dataDisks),
  }).map(([capability, value]) => ({ name: capability, value }));
}

function sku(resourceType: string, name: string, capabilities: Json[] = []): Json {
  const locationInfo = [{ location: LOCATION, zones: ['1', '2', '3'], zoneDetails: [] }];
  return { resourceType, name, locations: [LOCATION], locationInfo, capabilities, restrictions: [] };
}

/** What is looked up before a restore: quota left in the region, sizes and disk types offered there. */
export const quotaRoutes: readonly Route[] = [
  subscriptionRoute('usage.list', 'GET', '/locations/:location/usages', (cloud: Cloud) => ({
    status: 200,
    body: {
      value: [
        usage('cores', 'Total Regional vCPUs', cloud.store.list('vms').length * 2, 10_000),
        usage('virtualMachines', 'Virtual Machines', cloud.store.list('vms').length, 25_000),
        usage('PremiumDiskCount', 'Premium Storage Managed Disks', cloud.store.list('disks').length, 50_000),
      ],
    },
  })),
  subscriptionRoute('resourceSkus.list', 'GET', '/skus', () => ({
    status: 200,
    body: {
      value: [
        ...KNOWN_SIZES.map((name) => sku('virtualMachines', name, capabilitiesOf(name))),
        ...DISK_SKUS.map((name) => sku('disks', name)),
      ],
    },
  })),
];
