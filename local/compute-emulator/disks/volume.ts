import type { LayerStore } from './layer-store';
import type { Stack } from './stack';

/**
 * Takes a snapshot: the stack that stays as it is, and the one that takes writes from now on. Nothing is
 * copied. While nothing was written since the last snapshot, the new one shares its layers.
 */
export function freeze(layers: LayerStore, live: Stack): { frozen: Stack; live: Stack } {
  const top = live.layers.at(-1);
  const isUntouched = top !== undefined && layers.layer(top).runs().length === 0;
  if (isUntouched) return { frozen: { ...live, layers: live.layers.slice(0, -1) }, live };
  return { frozen: live, live: grown(layers, live, live.sizeBytes) };
}

/** A disk of its own that starts as the given content, of the same size or larger; nothing is copied. */
export function grown(layers: LayerStore, source: Stack, sizeBytes: number): Stack {
  return { ...source, sizeBytes, layers: [...source.layers, layers.create()] };
}

/** A disk that reads as zeros. */
export function empty(layers: LayerStore, sizeBytes: number): Stack {
  return { sizeBytes, layers: [layers.create()] };
}

/** The layer that takes the writes of a disk. */
export function liveLayer(layers: LayerStore, live: Stack): ReturnType<LayerStore['layer']> {
  const top = live.layers.at(-1);
  if (top === undefined) throw new Error('A stack without layers takes no writes.');
  return layers.layer(top);
}
