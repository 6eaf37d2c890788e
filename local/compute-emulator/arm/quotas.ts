import type { Cloud } from '../cloud/cloud';
import { LOCATION } from '../cloud/ids';
import type { Json } from '../cloud/model';
import { type Route, subscriptionRoute } from './rest/route';

const VM_SIZES = ['Standard_D2s_v5', 'Standard_D4s_v5', 'Standard_D8s_v5'];
const DISK_SKUS = ['Standard_LRS', 'StandardSSD_LRS', 'Premium_LRS', 'PremiumV2_LRS', 'UltraSSD_LRS'];

function usage(value: string, localizedValue: string, currentValue: number, limit: number): Json {
  return { unit: 'Count', currentValue, limit, name: { value, localizedValue } };
}

function sku(resourceType: string, name: string): Json {
  const locationInfo = [{ location: LOCATION, zones: ['1', '2', '3'], zoneDetails: [] }];
  return { resourceType, name, locations: [LOCATION], locationInfo, capabilities: [], restrictions: [] };
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
        ...VM_SIZES.map((name) => sku('virtualMachines', name)),
        ...DISK_SKUS.map((name) => sku('disks', name)),
      ],
    },
  })),
];
