import { findFoldablePair, type UsedStack } from '../disks/foldable';
import type { LayerStore } from '../disks/layer-store';
import type { Stack } from '../disks/stack';
import type { Change } from '../store/document-store';
import { keyOf } from './ids';
import type { Store, Tables } from './model';

/** Looks after the layers that deleted disks and snapshots leave behind. */
export interface Housekeeping {
  /**
   * Deletes layers that nothing is made of any more, then folds together, in the background,
   * those that nobody tells apart.
   */
  tidy(): void;
  /** Stops folding; resolves when nothing touches a layer any more. */
  stop(): Promise<void>;
}

/** Made for the layers of one cloud, and the documents that say who uses them. */
export function createHousekeeping(store: Store, layers: LayerStore): Housekeeping {
  let folding: Promise<void> | undefined;
  let isStopping = false;

  function collectLayers(): void {
    layers.collect(new Set(usedStacks(store).flatMap((stack) => stack.layers)));
  }

  async function foldAll(): Promise<void> {
    for (;;) {
      const pair = findFoldablePair(usedStacks(store));
      const isFolded = pair !== undefined && (await layers.fold(pair.lower, pair.upper, () => isStopping));
      if (!isFolded) return;
      store.commit(withoutLayer(store, pair.upper));
      collectLayers();
    }
  }

  return {
    tidy() {
      collectLayers();
      folding ??= foldAll()
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

function usedStacks(store: Store): UsedStack[] {
  const frozen = [...store.list('snapshots'), ...store.list('restorePoints').flatMap((point) => point.disks)];
  return [
    ...store.list('disks').map(({ stack }) => ({ layers: stack.layers, isLive: true })),
    ...frozen.map(({ stack }) => ({ layers: stack.layers, isLive: false })),
  ];
}

/** Everything that is made of the layer, made without it. */
function withoutLayer(store: Store, id: string): Change<Tables>[] {
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
