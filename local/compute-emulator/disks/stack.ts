import type { BaseImage } from './base-images';

/**
 * What a disk, snapshot or disk restore point is made of: an image or nothing at the bottom, layers above,
 * the newest last. A snapshot shares the layers of its disk up to the moment it was taken; only the topmost
 * layer of a disk is ever written.
 */
export interface Stack {
  sizeBytes: number;
  image?: BaseImage;
  layers: readonly string[];
}
