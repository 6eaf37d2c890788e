import type { Compute } from '../arm/connection';
import { getRaw } from '../arm/long-running';
import { parseResourceId } from '../arm/resource-id';
import { asStepFailure } from '../failures/arm-failure';

/** Of Microsoft.Network, whose SDK the few calls here do not need. */
const NETWORK_API_VERSION = '2024-05-01';

/** A network interface, as far as a restore looks at it. */
export interface NetworkInterface {
  id: string;
  location: string;
  tags?: Record<string, string>;
  properties?: { provisioningState?: string; virtualMachine?: { id?: string } };
}

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
