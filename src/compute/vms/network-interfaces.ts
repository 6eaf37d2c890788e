import { z } from 'zod';
import type { Compute } from '../arm/connection';
import { getRaw } from '../arm/long-running';
import { parseResourceId } from '../arm/resource-id';
import { asStepFailure } from '../failures/arm-failure';

/** Of Microsoft.Network, whose SDK the few calls here do not need. */
const NETWORK_API_VERSION = '2024-05-01';

/** A network interface, as far as a restore looks at it. */
const NetworkInterface = z.object({
  id: z.string(),
  location: z.string(),
  tags: z.record(z.string(), z.string()).optional(),
  properties: z
    .object({
      provisioningState: z.string().optional(),
      virtualMachine: z.object({ id: z.string().optional() }).optional(),
    })
    .optional(),
});
export type NetworkInterface = z.output<typeof NetworkInterface>;

const Page = z.object({ value: z.array(NetworkInterface), nextLink: z.string().optional() });

/** Where the resource of this id answers. */
export const networkPath = (id: string) => `${id}?api-version=${NETWORK_API_VERSION}`;

/**
 * The network interface of this id; undefined when there is none. Fails with the causes of step `restore VM`.
 */
export async function findNetworkInterface(
  compute: Compute,
  id: string,
): Promise<NetworkInterface | undefined> {
  try {
    const { subscriptionId } = parseResourceId(id);
    return (await getRaw(compute, subscriptionId, networkPath(id), 'restore VM')) as NetworkInterface;
  } catch (error) {
    const failure = asStepFailure(error, 'restore VM');
    if (failure.failure.code === 'NetworkInterfaceNotFound') return undefined;
    throw failure;
  }
}

/**
 * Every network interface of a subscription; none where the app may not read them, as it need not where
 * nobody restores to new VMs. Fails with the causes of step `clean up`.
 */
export async function listNetworkInterfaces(
  compute: Compute,
  subscriptionId: string,
): Promise<NetworkInterface[]> {
  const found: NetworkInterface[] = [];
  let next: string | undefined = networkPath(
    `/subscriptions/${subscriptionId}/providers/Microsoft.Network/networkInterfaces`,
  );
  try {
    while (next !== undefined) {
      const page = Page.parse(await getRaw(compute, subscriptionId, next, 'clean up'));
      found.push(...page.value);
      next = page.nextLink;
    }
    return found;
  } catch (error) {
    const failure = asStepFailure(error, 'clean up');
    if (failure.failure.code === 'ComputeAccessDenied') return [];
    throw failure;
  }
}
