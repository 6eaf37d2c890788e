import type { Compute } from '../arm/connection';
import { type Begun, beginRaw, getRaw } from '../arm/long-running';
import { JOB_TAG, OWN_TAG } from '../arm/own-names';
import { parseResourceId } from '../arm/resource-id';
import { finished, longRunningStep, type Next, type StageContext, throwIfFailed, waitFor } from '../arm/step';
import { asStepFailure, stepFailure } from '../failures/arm-failure';

/** Of Microsoft.Network, whose SDK the few calls here do not need. */
export const NETWORK_API_VERSION = '2024-05-01';

/** A network interface, as far as a restore looks at it. */
export interface NetworkInterface {
  id: string;
  location: string;
  tags?: Record<string, string>;
  properties?: { provisioningState?: string; virtualMachine?: { id?: string } };
}

const pathOf = (id: string) => `${id}?api-version=${NETWORK_API_VERSION}`;

/** The network interface of this id; undefined when there is none. Fails with the causes of step `restore VM`. */
export async function findNetworkInterface(
  compute: Compute,
  id: string,
): Promise<NetworkInterface | undefined> {
  try {
    const { subscriptionId } = parseResourceId(id);
    return (await getRaw(compute, subscriptionId, pathOf(id), 'restore VM')) as NetworkInterface;
  } catch (error) {
    const failure = asStepFailure(error, 'restore VM');
    if (failure.failure.code === 'NetworkInterfaceNotFound') return undefined;
    throw failure;
  }
}

export interface CreateNetworkInterfaceInput {
  jobId: string;
  /** Where and under which name. */
  id: string;
  location: string;
  subnetId: string;
}

type Context = StageContext<CreateNetworkInterfaceInput, object>;
type NextStage = Next<{ resourceId: string }, object>;

/**
 * Creates a network interface with an address that the subnet gives. One that this job made before is taken as it is. Fails with
 * `NetworkInterfaceNotFound` for a subnet that does not exist, and with the causes of step `restore VM`.
 */
export const createNetworkInterface = longRunningStep<CreateNetworkInterfaceInput, { resourceId: string }>({
  step: 'restore VM',
  limitSeconds: 10 * 60,
  memo: {},
  stages: { start, created },
});

async function start({ compute, input }: Context): Promise<NextStage> {
  const known = await findNetworkInterface(compute, input.id);
  if (known) return adopt(compute, input, known);
  const { subscriptionId } = parseResourceId(input.id);
  const request = { method: 'PUT', path: pathOf(input.id), body: modelOf(compute, input) } as const;
  return waitFor(await beginRaw(compute, subscriptionId, request, 'restore VM'), 'created', {});
}

async function created({ compute, input, error }: Context): Promise<NextStage> {
  throwIfFailed(error, 'restore VM');
  const made = await findNetworkInterface(compute, input.id);
  if (made) return adopt(compute, input, made);
  throw stepFailure('RestoreVmRefused', 'restore VM', 'The network interface vanished while it was created.');
}

function adopt(compute: Compute, input: CreateNetworkInterfaceInput, nic: NetworkInterface): NextStage {
  if (!isOwn(compute, input.jobId, nic.tags)) {
    throw stepFailure('RestoreVmConflict', 'restore VM', `The network interface ${input.id} exists already.`);
  }
  const state = nic.properties?.provisioningState;
  if (state === 'Succeeded') return finished({ resourceId: nic.id });
  if (state === 'Failed') {
    throw stepFailure('RestoreVmRefused', 'restore VM', 'Azure failed to create the network interface.');
  }
  return { done: false, stage: 'created', memo: {}, retryAfterSeconds: 5 };
}

const modelOf = ({ settings }: Compute, { jobId, location, subnetId }: CreateNetworkInterfaceInput) => ({
  location,
  tags: { [OWN_TAG]: settings.installation, [JOB_TAG]: jobId },
  properties: {
    ipConfigurations: [
      {
        name: 'primary',
        properties: { primary: true, privateIPAllocationMethod: 'Dynamic', subnet: { id: subnetId } },
      },
    ],
  },
});

/** Whether something with these tags was made by this job of this installation. */
export const isOwn = (
  { settings }: Compute,
  jobId: string,
  tags: Record<string, string> | undefined,
): boolean => tags?.[OWN_TAG] === settings.installation && tags[JOB_TAG] === jobId;

/** Begins to delete a network interface that this job made; undefined when there is none, or it is somebody else's. */
export async function beginDiscard(compute: Compute, id: string, jobId: string): Promise<Begun | undefined> {
  const nic = await findNetworkInterface(compute, id);
  if (!nic || !isOwn(compute, jobId, nic.tags)) return undefined;
  const { subscriptionId } = parseResourceId(id);
  return beginRaw(compute, subscriptionId, { method: 'DELETE', path: pathOf(id) }, 'restore VM');
}
