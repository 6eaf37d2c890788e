import type { Compute } from '../arm/connection';
import { type Begun, beginRaw } from '../arm/long-running';
import { halfMadeTags, isHalfMade, isOwn } from '../arm/ownership';
import { parseResourceId, resourceName } from '../arm/resource-id';
import {
  again,
  beginAnew,
  finished,
  longRunningStep,
  type Next,
  type StageContext,
  waitFor,
} from '../arm/step';
import { stepFailure } from '../failures/arm-failure';
import { findNetworkInterface, type NetworkInterface, networkPath } from '../vms/network-interfaces';

export interface CreateNetworkInterfaceInput {
  jobId: string;
  /** Where and under which name. */
  id: string;
  location: string;
  subnetId: string;
}

type Context = StageContext<CreateNetworkInterfaceInput, object>;
type Stage = 'start' | 'created' | 'clear' | 'cleared';
type NextStage = Next<{ resourceId: string }, object, Stage>;

/**
 * Creates a network interface with an address that the subnet gives. One that this job made before is taken
 * as it is, or deleted and made again where Azure failed to make it. Fails with `RestoreVmConflict`, with
 * `NetworkInterfaceNotFound` for a subnet that does not exist, and with the causes of step `restore VM`.
 */
export const createNetworkInterface = longRunningStep<
  CreateNetworkInterfaceInput,
  { resourceId: string },
  Stage
>({
  step: 'restore VM',
  limitSeconds: 10 * 60,
  memo: {},
  stages: { start, created, clear, cleared },
});

async function start({ compute, input }: Context): Promise<NextStage> {
  const known = await findNetworkInterface(compute, input.id);
  if (known && isFailed(compute, input, known)) return again('clear');
  if (known) return adopt(known);
  const { subscriptionId } = parseResourceId(input.id);
  const request = { method: 'PUT', path: networkPath(input.id), body: modelOf(compute, input) } as const;
  return waitFor(await beginRaw(compute, subscriptionId, request, 'restore VM'), 'created', {});
}

async function created({ compute, input }: Context): Promise<NextStage> {
  const made = await findNetworkInterface(compute, input.id);
  if (made && isFailed(compute, input, made)) {
    const why = 'Azure failed to create the network interface.';
    return beginAnew('start', {}, stepFailure('RestoreVmRefused', 'restore VM', why));
  }
  if (made) return adopt(made);
  throw stepFailure('RestoreVmRefused', 'restore VM', 'The network interface vanished while it was created.');
}

async function clear({ compute, input }: Context): Promise<NextStage> {
  const known = await findNetworkInterface(compute, input.id);
  if (!known || !isFailed(compute, input, known)) return again('start');
  const begun = await beginDiscard(compute, input.id, input.jobId);
  return begun ? waitFor(begun, 'cleared', {}) : again('start');
}

async function cleared(): Promise<NextStage> {
  return again('start');
}

/** Whether Azure failed to make it. Fails with `RestoreVmConflict` for one that this job did not make. */
function isFailed(compute: Compute, input: CreateNetworkInterfaceInput, nic: NetworkInterface): boolean {
  if (!isOwn(compute, nic.tags, input.jobId)) {
    throw stepFailure('RestoreVmConflict', 'restore VM', `The network interface ${input.id} exists already.`);
  }
  return nic.properties?.provisioningState === 'Failed';
}

function adopt(nic: NetworkInterface): NextStage {
  if (nic.properties?.provisioningState === 'Succeeded') return finished({ resourceId: nic.id });
  return { done: false, stage: 'created', memo: {}, retryAfterSeconds: 5 };
}

const modelOf = (compute: Compute, { jobId, id, location, subnetId }: CreateNetworkInterfaceInput) => ({
  location,
  tags: halfMadeTags(compute, jobId, resourceName(id)),
  properties: {
    ipConfigurations: [
      {
        name: 'primary',
        properties: { primary: true, privateIPAllocationMethod: 'Dynamic', subnet: { id: subnetId } },
      },
    ],
  },
});

/**
 * Begins to delete a network interface that this job made; undefined when there is none, or it is somebody
 * else's.
 */
export async function beginDiscard(
  compute: Compute,
  id: string,
  jobId: string,
  { onlyHalfMade = false } = {},
): Promise<Begun | undefined> {
  const nic = await findNetworkInterface(compute, id);
  if (!nic || !isOwn(compute, nic.tags, jobId)) return undefined;
  const made = { name: resourceName(id), tags: nic.tags };
  if (onlyHalfMade && !isHalfMade(compute, made, jobId)) return undefined;
  const { subscriptionId } = parseResourceId(id);
  return beginRaw(compute, subscriptionId, { method: 'DELETE', path: networkPath(id) }, 'restore VM');
}
