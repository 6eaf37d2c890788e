import type { Compute } from '../arm/connection';
import { getRaw } from '../arm/long-running';
import { parseResourceId } from '../arm/resource-id';
import { asStepFailure } from '../failures/arm-failure';

/** Of Microsoft.Resources. */
const RESOURCES_API_VERSION = '2021-04-01';

/** Whether a resource group exists; taken for there where the app may not look. */
export const groupExists = (compute: Compute, subscriptionId: string, name: string): Promise<boolean> =>
  isThere(() => {
    const path = `/subscriptions/${subscriptionId}/resourcegroups/${name}?api-version=${RESOURCES_API_VERSION}`;
    return getRaw(compute, subscriptionId, path, 'restore');
  });

/** Whether a disk access or a disk encryption set exists; taken for there where the app may not look. */
export const protectionExists = (compute: Compute, id: string): Promise<boolean> =>
  isThere(async () => {
    const { subscriptionId, resourceGroup, type, names } = parseResourceId(id);
    const { diskAccesses, diskEncryptionSets } = compute.client(subscriptionId);
    const [name = ''] = names;
    if (type === 'diskaccesses') await diskAccesses.get(resourceGroup, name);
    else await diskEncryptionSets.get(resourceGroup, name);
  });

/** What may not be looked at is for Azure itself to refuse. Fails with the other causes of step `restore`. */
async function isThere(look: () => Promise<unknown>): Promise<boolean> {
  try {
    await look();
    return true;
  } catch (error) {
    const failure = asStepFailure(error, 'restore');
    const { code } = failure.failure;
    if (code === 'RestoreResourceNotFound' || code === 'ResourceGroupNotFound') return false;
    if (code === 'ComputeAccessDenied') return true;
    throw failure;
  }
}
