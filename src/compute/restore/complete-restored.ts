import type { Compute } from '../arm/connection';
import { begin, beginRaw } from '../arm/long-running';
import { completeTags, isHalfMade } from '../arm/ownership';
import { parseResourceId, resourceName, vmRefOf } from '../arm/resource-id';
import { finished, longRunningStep, type Next, type StageContext } from '../arm/step';
import { findOrUndefined } from '../failures/arm-failure';
import { findVm } from '../vms/find-vm';
import { findNetworkInterface, networkPath } from '../vms/network-interfaces';

export interface CompleteRestoredInput {
  /** Disks, network interfaces and VMs; of those that are gone, or not half-made, nothing changes. */
  resourceIds: string[];
}

type Tags = Record<string, string>;
type Context = StageContext<CompleteRestoredInput, { looks: number }>;
type NextStage = Next<{ completed: true }, { looks: number }, 'start'>;

/** So many requests at the same time, and so many looks at what they came to. */
const AT_ONCE = 8;
const LONGEST_WAIT_SECONDS = 60;

/**
 * Takes the tag off that says "half-made": from then on nobody deletes it but its owner. Looks at the things
 * themselves until none bears it, so that it does not matter which request was lost. Fails with the causes of
 * step `restore VM`.
 */
export const completeRestored = longRunningStep<CompleteRestoredInput, { completed: true }>({
  step: 'restore VM',
  limitSeconds: 15 * 60,
  memo: { looks: 0 },
  stages: { start },
});

async function start({ compute, input, memo }: Context): Promise<NextStage> {
  const marked: { id: string; tags: Tags }[] = [];
  for (let from = 0; from < input.resourceIds.length && marked.length < AT_ONCE; from += AT_ONCE) {
    const ids = input.resourceIds.slice(from, from + AT_ONCE);
    const tags = await Promise.all(ids.map((id) => tagsOf(compute, id)));
    ids.forEach((id, index) => {
      const made = { name: resourceName(id), tags: tags[index] };
      if (isHalfMade(compute, made)) marked.push({ id, tags: made.tags ?? {} });
    });
  }
  if (marked.length === 0) return finished({ completed: true });
  await Promise.all(marked.map(({ id, tags }) => changeTags(compute, id, completeTags(tags))));
  const looks = memo.looks + 1;
  const retryAfterSeconds = Math.min(2 ** looks, LONGEST_WAIT_SECONDS);
  return { done: false, stage: 'start', memo: { looks }, retryAfterSeconds };
}

async function tagsOf(compute: Compute, id: string): Promise<Tags | undefined> {
  const { subscriptionId, resourceGroup, type } = parseResourceId(id);
  if (type === 'virtualmachines') return (await findVm(compute, vmRefOf(id)))?.tags;
  if (type === 'networkinterfaces') return (await findNetworkInterface(compute, id))?.tags;
  const { disks } = compute.client(subscriptionId);
  return (await findOrUndefined('restore', () => disks.get(resourceGroup, resourceName(id))))?.tags;
}

/** Of a VM, a disk or a network interface `PATCH` replaces the tags, and leaves everything else alone. */
async function changeTags(compute: Compute, id: string, tags: Tags): Promise<void> {
  const { subscriptionId, resourceGroup, type } = parseResourceId(id);
  const { disks, virtualMachines } = compute.client(subscriptionId);
  const name = resourceName(id);
  if (type === 'virtualmachines') {
    await begin(subscriptionId, (options) => virtualMachines.update(resourceGroup, name, { tags }, options));
  } else if (type === 'networkinterfaces') {
    const request = { method: 'PATCH', path: networkPath(id), body: { tags } } as const;
    await beginRaw(compute, subscriptionId, request, 'restore VM');
  } else {
    await begin(subscriptionId, (options) => disks.update(resourceGroup, name, { tags }, options));
  }
}
