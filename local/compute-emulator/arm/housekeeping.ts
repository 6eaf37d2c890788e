import type { Cloud } from '../cloud';
import { findFoldablePair } from '../disks/foldable';
import type { Stack } from '../disks/layer-store';
import type { Tables } from '../model';
import type { Change } from '../store/document-store';
import { keyOf } from './ids';

/** Looks after the layers that deleted disks and snapshots leave behind. */
export interface Housekeeping {
  /** Deletes layers that nothing is made of any more, then folds together, in the background, those that nobody tells apart. */
  tidy(cloud: Cloud): void;
  /** Stops folding; resolves when nothing touches a layer any more. */
  stop(): Promise<void>;
}

export function createHousekeeping(): Housekeeping {
  let folding: Promise<void> | undefined;
  let isStopping = false;

  async function foldAll(cloud: Cloud): Promise<void> {
    for (;;) {
      const pair = findFoldablePair(usedStacks(cloud));
      const isFolded =
        pair !== undefined && (await cloud.layers.fold(pair.lower, pair.upper, () => isStopping));
      if (!isFolded) return;
      cloud.store.commit(withoutLayer(cloud, pair.upper));
      collectLayers(cloud);
    }
  }

  return {
    tidy(cloud) {
      collectLayers(cloud);
      folding ??= foldAll(cloud)
        .catch((error: unknown) => console.error('folding layers:', error))
        .finally(() => {
          folding = undefined;
        });
    },
    async stop() {
      isStopping = true;
      await folding;
    },
  };
}

function collectLayers(cloud: Cloud): void {
  cloud.layers.collect(new Set(usedStacks(cloud).flatMap(({ layers }) => layers)));
}

function usedStacks({ store }: Cloud): { layers: readonly string[]; isLive: boolean }[] {
  const frozen = [...store.list('snapshots'), ...store.list('restorePoints').flatMap((point) => point.disks)];
  return [
    ...store.list('disks').map(({ stack }) => ({ layers: stack.layers, isLive: true })),
    ...frozen.map(({ stack }) => ({ layers: stack.layers, isLive: false })),
  ];
}

/** Everything that is made of the layer, made without it. */
function withoutLayer({ store }: Cloud, id: string): Change<Tables>[] {
  const has = ({ stack }: { stack: Stack }): boolean => stack.layers.includes(id);
  const without = <T extends { stack: Stack }>(owner: T): T => ({
    ...owner,
    stack: { ...owner.stack, layers: owner.stack.layers.filter((layer) => layer !== id) },
  });
  return [
    ...store
      .list('disks')
      .filter(has)
      .map((disk) => ({ table: 'disks', key: keyOf(disk.id), value: without(disk) }) as const),
    ...store
      .list('snapshots')
      .filter(has)
      .map(
        (snapshot) => ({ table: 'snapshots', key: keyOf(snapshot.id), value: without(snapshot) }) as const,
      ),
    ...store
      .list('restorePoints')
      .filter(({ disks }) => disks.some(has))
      .map((point) => {
        const disks = point.disks.map((disk) => (has(disk) ? without(disk) : disk));
        return { table: 'restorePoints', key: keyOf(point.id), value: { ...point, disks } } as const;
      }),
  ];
}
