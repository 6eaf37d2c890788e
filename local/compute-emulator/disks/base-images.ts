import { closeSync, openSync, statSync } from 'node:fs';
import type { Source } from './disk-view';
import { dataRuns } from './hole-map';
import { lookAtImage } from './image-format';
import { clip, type Run } from './runs';

/** A raw file that lies below the layers of a disk. It is only ever read. */
export interface BaseImage {
  path: string;
  /** Bytes of the disk in it. */
  sizeBytes: number;
  /** Of the whole file, where it holds more than the disk: a fixed VHD ends in a footer. */
  fileBytes?: number;
  modifiedMs: number;
}

/**
 * The image below a disk is no longer what it was when the disk was made, so its
 * snapshots would read something else.
 */
export class ImageChangedError extends Error {
  override readonly name = 'ImageChangedError';
  constructor(readonly path: string) {
    super(
      `The image ${path} lies below emulated disks and has been changed or removed since they were made. ` +
        'Put the old file back, or start with a new state folder.',
    );
  }
}

/** What is known of a file that becomes the base of a disk. */
export function describeImage(path: string): BaseImage {
  const { size, mtimeMs } = statSync(path);
  const image = lookAtImage(path);
  const sizeBytes = image && 'sizeBytes' in image ? image.sizeBytes : size;
  return { path, sizeBytes, ...(sizeBytes < size && { fileBytes: size }), modifiedMs: mtimeMs };
}

/** The base images that are in use, each opened and asked for its holes once. */
export interface BaseImages {
  /** @throws ImageChangedError */
  runs(image: BaseImage): Promise<readonly Run<Source>[]>;
  close(): void;
}

export function openBaseImages(): BaseImages {
  const opened = new Map<string, Promise<{ fd: number; runs: readonly Run<Source>[] }>>();

  async function open(image: BaseImage): Promise<{ fd: number; runs: readonly Run<Source>[] }> {
    const fd = openSync(image.path, 'r');
    const source: Source = {
      place: (offset) => ({ fd, position: offset, contiguousBytes: image.sizeBytes - offset }),
    };
    const runs = await dataRuns(image.path);
    const ofDisk = [...clip(runs, 0, image.sizeBytes)];
    return { fd, runs: ofDisk.map(({ start, end }) => ({ start, end, value: source })) };
  }

  return {
    async runs(image) {
      assertUnchanged(image);
      const key = `${image.path}\0${image.modifiedMs}\0${image.sizeBytes}`;
      const opening = opened.get(key) ?? open(image);
      opened.set(key, opening);
      opening.catch(() => opened.delete(key));
      return (await opening).runs;
    },
    close() {
      for (const opening of opened.values()) opening.then(({ fd }) => closeSync(fd)).catch(() => undefined);
      opened.clear();
    },
  };
}

/** @throws ImageChangedError */
function assertUnchanged(image: BaseImage): void {
  const now = statSync(image.path, { throwIfNoEntry: false });
  const isSame = now?.size === (image.fileBytes ?? image.sizeBytes) && now.mtimeMs === image.modifiedMs;
  if (!isSame) throw new ImageChangedError(image.path);
}
