import type { Cloud } from '../cloud';

/** Deletes the layers that no disk, snapshot or restore point is made of any more. */
export function collectLayers(cloud: Cloud): void {
  const stacks = [
    ...cloud.store.list('disks'),
    ...cloud.store.list('snapshots'),
    ...cloud.store.list('restorePoints').flatMap((point) => point.disks),
  ].map((each) => each.stack);
  cloud.layers.collect(new Set(stacks.flatMap((stack) => stack.layers)));
}
