import { openBaseImages } from './base-images';
import type { DiskView, Source } from './disk-view';
import type { Layer } from './layer';
import { overlay, type Run } from './runs';
import type { Stack } from './stack';

const MOST_CACHED = 64;

/** The content of stacks, put together from their images and layers. */
export interface Views {
  /** @throws ImageChangedError */
  view(stack: Stack): Promise<DiskView>;
  close(): void;
}

/**
 * Flattening the layers takes time in proportion to their page maps, so the
 * views of the last stacks are kept.
 * @param layer opens a layer by its id
 */
export function openViews(layer: (id: string) => Layer): Views {
  const images = openBaseImages();
  const views = new Map<string, DiskView>();
  return {
    async view(stack) {
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
    },
    close: () => images.close(),
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
