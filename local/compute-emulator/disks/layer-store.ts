// The disks: copy-on-write layers over raw images, kept in files. Snapshots, diffs, reads and
// writes, without a word of Azure.

import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync } from 'node:fs';
import type { DiskView } from './disk-view';
import { foldLayer } from './fold';
import { type Layer, openLayer, removeLayer } from './layer';
import type { PageState } from './page-map';
import { overlay, type Run } from './runs';
import type { Stack } from './stack';
import { openViews } from './views';

/** Holds the layers of all disks in one folder. */
export interface LayerStore {
  create(): string;
  layer(id: string): Layer;
  /**
   * Hands the content of a stack to the task. Its files stay until the task is done,
   * even when the stack is given up.
   * @throws ImageChangedError
   */
  withView<T>(stack: Stack, task: (view: DiskView) => Promise<T>): Promise<T>;
  /**
   * The pages written or cleared in `target` since `base`; undefined when `base` is not an
   * earlier moment of the same disk.
   */
  changes(base: Stack, target: Stack): readonly Run<PageState>[] | undefined;
  /**
   * Writes the upper layer over the lower one, unless somebody who may know them apart still reads.
   * @returns whether it came to the end, so that the upper one can be given up
   */
  fold(lower: string, upper: string, isStopping: () => boolean): Promise<boolean>;
  /** Deletes every layer that is not among those in use, as soon as nobody reads it any more. */
  collect(inUse: ReadonlySet<string>): void;
  close(): void;
}

/** Opens the folder, which need not exist. */
export function openLayerStore(folder: string): LayerStore {
  mkdirSync(folder, { recursive: true });
  const layers = new Map<string, ReturnType<typeof openLayer>>();
  const readers = new Map<string, number>();
  const views = openViews(layer);
  let unused: ReadonlySet<string> = new Set();

  function layer(id: string): ReturnType<typeof openLayer> {
    const open = layers.get(id) ?? openLayer(folder, id);
    layers.set(id, open);
    return open;
  }

  function count(ids: readonly string[], change: 1 | -1): void {
    for (const id of ids) readers.set(id, (readers.get(id) ?? 0) + change);
    if (change === -1) removeUnused();
  }

  function removeUnused(): void {
    const removable = [...unused].filter((id) => (readers.get(id) ?? 0) === 0);
    if (removable.length === 0) return;
    const fileNames = readdirSync(folder);
    for (const id of removable) {
      layers.get(id)?.close();
      layers.delete(id);
      readers.delete(id);
      removeLayer(folder, fileNames, id);
    }
    unused = new Set([...unused].filter((id) => !removable.includes(id)));
  }

  return {
    layer,
    create: () => randomUUID(),
    async withView(stack, task) {
      count(stack.layers, 1);
      try {
        return await task(await views.view(stack));
      } finally {
        count(stack.layers, -1);
      }
    },
    changes(base, target) {
      const isEarlier =
        base.image?.path === target.image?.path &&
        base.layers.every((id, index) => id === target.layers[index]);
      if (!isEarlier) return undefined;
      return target.layers
        .slice(base.layers.length)
        .reduce<readonly Run<PageState>[]>((runs, id) => overlay(runs, layer(id).runs()), []);
    },
    async fold(lower, upper, isStopping) {
      if ((readers.get(lower) ?? 0) > 0) return false;
      count([lower, upper], 1);
      try {
        return await foldLayer(layer(lower), layer(upper), isStopping);
      } finally {
        count([lower, upper], -1);
      }
    },
    collect(inUse) {
      const present = readdirSync(folder).map((name) => name.slice(0, name.indexOf('.')));
      unused = new Set([...present, ...layers.keys()].filter((id) => !inUse.has(id)));
      removeUnused();
    },
    close() {
      for (const open of layers.values()) open.close();
      layers.clear();
      views.close();
    },
  };
}
