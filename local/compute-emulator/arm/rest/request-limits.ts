import type { Cloud } from '../../cloud/cloud';
import { keyOf } from '../../cloud/ids';
import type { Budget } from '../../limits/token-bucket';
import { ArmError } from './arm-error';

/** Azure's request budgets: refill a minute and capacity ("Throttling limits for virtual machines"). */
const PER_VM = {
  update: { name: 'Microsoft.Compute/UpdateVMResource', perMinute: 4, capacity: 12 },
  delete: { name: 'Microsoft.Compute/DeleteVMResource', perMinute: 4, capacity: 12 },
  get: { name: 'Microsoft.Compute/GetVMResource', perMinute: 12, capacity: 36 },
  poll: { name: 'Microsoft.Compute/GetOperationResource', perMinute: 15, capacity: 45 },
} as const satisfies Record<string, Budget>;
const PER_SUBSCRIPTION = {
  update: { name: 'Microsoft.Compute/UpdateVMSubscriptionMaximum', perMinute: 500, capacity: 1500 },
  get: { name: 'Microsoft.Compute/LowCostGetSubscriptionMaximum', perMinute: 8000, capacity: 24_000 },
  list: { name: 'Microsoft.Compute/HighCostGetSubscriptionMaximum', perMinute: 300, capacity: 900 },
  poll: { name: 'Microsoft.Compute/GetOperationSubscriptionMaximum', perMinute: 5000, capacity: 15_000 },
} as const satisfies Record<string, Budget>;

/**
 * Counts a request against the budgets of its VM and of the subscription.
 * @param vmKey lower-case id of the VM that the request is about, if it is about one
 * @returns the headers that tell what is left
 * @throws ArmError 429 with `Retry-After`
 */
export function countRequest(
  cloud: Cloud,
  operation: string,
  method: string,
  vmKey: string | undefined,
): Record<string, string> {
  if (!cloud.settings.requestLimits) return {};
  const kind = kindOf(operation, method);
  const ofSubscription = kind === 'delete' ? PER_SUBSCRIPTION.update : PER_SUBSCRIPTION[kind];
  const ofVm = vmKey === undefined || kind === 'list' ? [] : [{ ...PER_VM[kind], key: vmKey }];
  const taken = cloud.buckets.take([{ ...ofSubscription, key: 'subscription' }, ...ofVm]);
  if ('remaining' in taken) {
    const left = [...taken.remaining].map(([name, count]) => `${name};${count}`);
    return { 'x-ms-ratelimit-remaining-resource': left.join(',') };
  }
  throw new ArmError(
    429,
    'OperationNotAllowed',
    'The server rejected the request because too many requests have been received for this subscription.',
    { 'Retry-After': String(taken.retryAfterSeconds) },
  );
}

function kindOf(operation: string, method: string): 'update' | 'delete' | 'get' | 'list' | 'poll' {
  if (operation === 'operations.get') return 'poll';
  if (operation === 'virtualMachines.list' || operation === 'virtualMachines.listAll') return 'list';
  if (method === 'GET') return 'get';
  return method === 'DELETE' || operation === 'virtualMachines.deallocate' ? 'delete' : 'update';
}

/** The VM that a request on this path, or on this operation's status, is about. */
export function vmOf(
  cloud: Cloud,
  path: string,
  names: Readonly<Record<string, string>>,
): string | undefined {
  const operation =
    cloud.store.get('operations', names.id ?? '') ?? cloud.store.get('endedOperations', names.id ?? '');
  const key = keyOf(operation?.resourceId ?? path);
  const ofPath = /^.*\/virtualmachines\/[^/]+/.exec(key)?.[0];
  const pointKey = /^.*\/restorepoints\/[^/]+/.exec(key)?.[0];
  const point = pointKey === undefined ? undefined : cloud.store.get('restorePoints', pointKey);
  return ofPath ?? (point === undefined || operation === undefined ? undefined : keyOf(point.vmId));
}
