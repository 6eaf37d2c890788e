import { randomUUID } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readdirSync, statSync } from 'node:fs';
import type { DiskView, Source } from './disk-view';
import { dataRuns } from './hole-map';
import { type Layer, openLayer, removeLayer } from './layer';
import type { PageState } from './page-map';
import { overlay, type Run } from './runs';

/** A raw file that lies below the layers of a disk. It is only ever read. */
export interface BaseImage {
  path: string;
  sizeBytes: number;
  modifiedMs: number;
}

/**
 * What a disk, snapshot or disk restore point is made of: an image or nothing at the bottom, layers above, the newest last.
 * A snapshot shares the layers of its disk up to the moment it was taken; only the topmost layer of a disk is ever written.
 */
export interface Stack {
  sizeBytes: number;
  image?: BaseImage;
  layers: readonly string[];
}

/** The image below a disk is no longer what it was when the disk was made, so its snapshots would read something else. */
export class ImageChangedError extends Error {
  override readonly name = 'ImageChangedError';
  constructor(readonly path: string) {
    super(
      `The image ${path} lies below emulated disks and has been changed or removed since they were made. ` +
        'Put the old file back, or start with a new state folder.',
    );
  }
}

/** Holds the layers of all disks in one folder. */
export interface LayerStore {
  create(): string;
  layer(id: string): Layer;
  /** @throws ImageChangedError */
  view(stack: Stack): Promise<DiskView>;
  /** The pages written or cleared in `target` since `base`; undefined when `base` is not an earlier moment of the same disk. */
  changes(base: Stack, target: Stack): Run<PageState>[] | undefined;
  /** Deletes every layer that is not among those in use. */
  collect(inUse: ReadonlySet<string>): void;
  close(): void;
}

/** Opens the folder, which need not exist. */
export function openLayerStore(folder: string): LayerStore {
  mkdirSync(folder, { recursive: true });
  const layers = new Map<string, ReturnType<typeof openLayer>>();
  const images = new Map<string, Promise<{ fd: number; runs: Run<'data'>[] }>>();

  function layer(id: string): Layer {
    const open = layers.get(id) ?? openLayer(folder, id);
    layers.set(id, open);
    return open;
  }

  async function openImage(image: BaseImage): Promise<{ fd: number; runs: Run<'data'>[] }> {
    return { fd: openSync(image.path, 'r'), runs: await dataRuns(image.path) };
  }

  async function imageRuns(image: BaseImage): Promise<Run<Source>[]> {
    assertUnchanged(image);
    const opening = images.get(image.path) ?? openImage(image);
    images.set(image.path, opening);
    const { fd, runs } = await opening;
    const source: Source = {
      place: (offset) => ({ fd, position: offset, contiguousBytes: image.sizeBytes - offset }),
    };
    return runs.map(({ start, end }) => ({ start, end, value: source }));
  }

  return {
    layer,
    create: () => randomUUID(),
    async view(stack) {
      let runs: Run<Source | undefined>[] = stack.image === undefined ? [] : await imageRuns(stack.image);
      for (const each of stack.layers.map(layer)) {
        const above = each.runs().map((run) => ({ ...run, value: run.value === 'data' ? each : undefined }));
        runs = overlay(runs, above);
      }
      return { sizeBytes: stack.sizeBytes, runs: runs.filter(isHeld) };
    },
    changes(base, target) {
      const isEarlier =
        base.image?.path === target.image?.path &&
        base.layers.every((id, index) => id === target.layers[index]);
      if (!isEarlier) return undefined;
      return target.layers
        .slice(base.layers.length)
        .reduce<Run<PageState>[]>((runs, id) => overlay(runs, layer(id).runs()), []);
    },
    collect(inUse) {
      const fileNames = readdirSync(folder);
      const present = new Set(fileNames.map((name) => name.slice(0, name.indexOf('.'))));
      for (const id of [...new Set([...present, ...layers.keys()])].filter((each) => !inUse.has(each))) {
        layers.get(id)?.close();
        layers.delete(id);
        removeLayer(folder, fileNames, id);
      }
    },
    close() {
      for (const open of layers.values()) open.close();
      for (const opening of images.values()) opening.then(({ fd }) => closeSync(fd)).catch(() => undefined);
    },
  };
}

function isHeld(run: Run<Source | undefined>): run is Run<Source> {
  return run.value !== undefined;
}

/** @throws ImageChangedError */
function assertUnchanged(image: BaseImage): void {
  const now = statSync(image.path, { throwIfNoEntry: false });
  if (now?.size !== image.sizeBytes || now.mtimeMs !== image.modifiedMs)
    throw new ImageChangedError(image.path);
}
