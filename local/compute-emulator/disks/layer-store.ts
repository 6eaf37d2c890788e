import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync } from 'node:fs';
import { type BaseImage, openBaseImages } from './base-images';
import type { DiskView, Source } from './disk-view';
import { foldLayer } from './fold';
import { type Layer, openLayer, removeLayer } from './layer';
import type { PageState } from './page-map';
import { overlay, type Run } from './runs';

/**
 * What a disk, snapshot or disk restore point is made of: an image or nothing at the bottom, layers above, the newest last.
 * A snapshot shares the layers of its disk up to the moment it was taken; only the topmost layer of a disk is ever written.
 */
export interface Stack {
  sizeBytes: number;
  image?: BaseImage;
  layers: readonly string[];
}

/** Holds the layers of all disks in one folder. */
export interface LayerStore {
  create(): string;
  layer(id: string): Layer;
  /**
   * Hands the content of a stack to the task. Its files stay until the task is done, even when the stack is given up.
   * @throws ImageChangedError
   */
  withView<T>(stack: Stack, task: (view: DiskView) => Promise<T>): Promise<T>;
  /** The pages written or cleared in `target` since `base`; undefined when `base` is not an earlier moment of the same disk. */
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

const MOST_CACHED = 64;

/** Opens the folder, which need not exist. */
export function openLayerStore(folder: string): LayerStore {
  mkdirSync(folder, { recursive: true });
  const images = openBaseImages();
  const layers = new Map<string, ReturnType<typeof openLayer>>();
  const readers = new Map<string, number>();
  const views = new Map<string, DiskView>();
  let unused: ReadonlySet<string> = new Set();

  function layer(id: string): ReturnType<typeof openLayer> {
    const open = layers.get(id) ?? openLayer(folder, id);
    layers.set(id, open);
    return open;
  }

  /** Flattening the layers takes time in proportion to their page maps, so the views of the last stacks are kept. */
  async function view(stack: Stack): Promise<DiskView> {
    const base = stack.image === undefined ? [] : await images.runs(stack.image);
    const versions = stack.layers.map((id) => `${id}@${layer(id).version()}`);
    const key = [stack.image?.path, stack.sizeBytes, ...versions].join();
    const known = views.get(key) ?? {
      sizeBytes: stack.sizeBytes,
      runs: flatten(base, stack.layers.map(layer)),
    };
    views.delete(key);
    views.set(key, known);
    const oldest = views.keys().next().value;
    if (views.size > MOST_CACHED && oldest !== undefined) views.delete(oldest);
    return known;
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
        return await task(await view(stack));
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
      images.close();
    },
  };
}

/** One list that says of every byte which layer or image holds it; cleared pages are in none. */
function flatten(base: readonly Run<Source>[], layers: readonly Layer[]): Run<Source>[] {
  const runs = layers.reduce<readonly Run<Source | undefined>[]>((lower, layer) => {
    const upper = layer.runs().map((run) => ({ ...run, value: run.value === 'data' ? layer : undefined }));
    return overlay<Source | undefined>(lower, upper);
  }, base);
  return runs.filter((run): run is Run<Source> => run.value !== undefined);
}
