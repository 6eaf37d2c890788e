import type { BackupError } from '../../failures/failure';
import type { Compute } from '../arm/connection';
import { type Begun, beginRaw } from '../arm/long-running';
import { allTags, halfMadeTags, isHalfMade, isOwn } from '../arm/ownership';
import { parseResourceId, resourceName } from '../arm/resource-id';
import { beginAnew, finished, longRunningStep, type Next, type StageContext, waitFor } from '../arm/step';
import { stepFailure } from '../failures/arm-failure';
import { findNetworkInterface, type NetworkInterface, networkPath } from '../vms/network-interfaces';
import { type OptionalPart, partsAtFault, warningsOf, withoutParts, withoutRefused } from './optional-parts';
import type { Wire } from './sdk-model';

export interface CreateNetworkInterfaceInput {
  jobId: string;
  /** Where and under which name. */
  id: string;
  /** The whole interface on the wire, but for this system's own tags. */
  model: Wire;
  /** What of the model is left out where Azure refuses it. */
  optional?: OptionalPart[];
}

interface Memo {
  /** The optional parts that Azure refused. */
  left?: number[];
}
type Context = StageContext<CreateNetworkInterfaceInput, Memo>;
type Stage = 'start' | 'created' | 'clear' | 'cleared';
/** A network interface that is there, and what it came without. */
export interface MadeInterface {
  resourceId: string;
  /** Absent in histories of before. */
  warnings?: string[];
}
type NextStage = Next<MadeInterface, Memo, Stage>;

/**
 * Creates a network interface; without those of its optional parts that Azure refuses. One that this job made
 * before is taken as it is, or deleted and made again where Azure failed to make it. Fails with
 * `RestoreVmConflict`, with `NetworkInterfaceNotFound` for a subnet that does not exist, and with the causes
 * of step `restore VM`.
 */
export const createNetworkInterface = longRunningStep<CreateNetworkInterfaceInput, MadeInterface, Stage>({
  step: 'restore VM',
  limitSeconds: 10 * 60,
  memo: {},
  stages: { start, created, clear, cleared },
  whenFailed: { created: (context: Context, failure) => afterRefusal(context, failure) },
});

async function start(context: Context): Promise<NextStage> {
  const { compute, input, memo } = context;
  const known = await findNetworkInterface(compute, input.id);
  if (known && isFailed(compute, input, known)) return goTo('clear', memo);
  if (known) return adopt(context, known);
  return withoutRefused(
    { parts: input.optional, left: memo.left, step: 'restore VM' },
    (left) => goTo('start', { left }),
    async () => {
      const { subscriptionId } = parseResourceId(input.id);
      const body = modelOf(compute, input, memo.left);
      const request = { method: 'PUT', path: networkPath(input.id), body } as const;
      return waitFor(await beginRaw(compute, subscriptionId, request, 'restore VM'), 'created', memo);
    },
  );
}

const goTo = (stage: Stage, memo: Memo): NextStage => ({ done: false, stage, memo });

async function created(context: Context): Promise<NextStage> {
  const { compute, input, memo } = context;
  const made = await findNetworkInterface(compute, input.id);
  if (made && isFailed(compute, input, made)) {
    const why = 'Azure failed to create the network interface.';
    return beginAnew('start', memo, stepFailure('RestoreVmRefused', 'restore VM', why));
  }
  if (made) return adopt(context, made);
  throw stepFailure('RestoreVmRefused', 'restore VM', 'The network interface vanished while it was created.');
}

/** What was half made goes first. */
async function afterRefusal({ input, memo }: Context, failure: BackupError): Promise<NextStage | undefined> {
  const left = memo.left ?? [];
  const more = partsAtFault(input.optional ?? [], left, failure.failure);
  return more.length === 0 ? undefined : goTo('clear', { left: [...left, ...more] });
}

async function clear({ compute, input, memo }: Context): Promise<NextStage> {
  const known = await findNetworkInterface(compute, input.id);
  if (!known || !isFailed(compute, input, known)) return goTo('start', memo);
  const begun = await beginDiscard(compute, input.id, input.jobId);
  return begun ? waitFor(begun, 'cleared', memo) : goTo('start', memo);
}

async function cleared({ memo }: Context): Promise<NextStage> {
  return goTo('start', memo);
}

/** Whether Azure failed to make it. Fails with `RestoreVmConflict` for one that this job did not make. */
function isFailed(compute: Compute, input: CreateNetworkInterfaceInput, nic: NetworkInterface): boolean {
  if (!isOwn(compute, nic.tags, input.jobId)) {
    throw stepFailure('RestoreVmConflict', 'restore VM', `The network interface ${input.id} exists already.`);
  }
  return nic.properties?.provisioningState === 'Failed';
}

function adopt({ input, memo }: Context, nic: NetworkInterface): NextStage {
  if (nic.properties?.provisioningState === 'Succeeded') {
    return finished({ resourceId: nic.id, warnings: warningsOf(input.optional, memo.left) });
  }
  return { done: false, stage: 'created', memo, retryAfterSeconds: 5 };
}

function modelOf(
  compute: Compute,
  { jobId, id, ...input }: CreateNetworkInterfaceInput,
  left: number[] = [],
): Wire {
  const model = withoutParts(input.model, input.optional, left);
  const own = halfMadeTags(compute, jobId, resourceName(id));
  return { ...model, tags: allTags(compute, own, model.tags as Record<string, string> | undefined) };
}

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
