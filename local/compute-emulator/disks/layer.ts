import { closeSync, existsSync, openSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { appendWhole } from '../files/append';
import { type DataFile, openDataFile } from './data-file';
import type { Place, Source } from './disk-view';
import { createPageMap, type PageState } from './page-map';
import type { Run } from './runs';

/**
 * A layer is one generation of a disk: the pages written since the snapshot below it. Its data lies at
 * the disk's own offsets in sparse files, its page map in a journal beside them. Both are written in
 * one go of the event loop, data first, so after `kill -9` the layer holds every write that was
 * answered and never half a page map.
 */
export interface Layer extends Source {
  readonly id: string;
  runs(): readonly Run<PageState>[];
  /** Another number after every write. */
  version(): number;
  write(offset: number, bytes: Buffer): void;
  clear(start: number, end: number): void;
}

/**
 * Many file systems end at 16 TiB a file (ext4), disks at 32 TiB: a layer's data
 * is cut into files of this size.
 */
const SHARD_BYTES = 4 * 2 ** 40;
const RECORD_BYTES = 16;
const STATE_OF_CODE: readonly PageState[] = ['data', 'cleared'];
const SECTOR_BYTES = 512;

/** Opens the layer of that id in the folder, or starts a new one there. */
export function openLayer(folder: string, id: string): Layer & { close(): void } {
  const mapPath = join(folder, `${id}.map`);
  const pages = createPageMap();
  replay(mapPath, pages.mark);
  let mapFd: number | undefined;
  let version = 0;
  const shards = new Map<number, DataFile>();

  function locate(offset: number): { file: DataFile; position: number; contiguousBytes: number } {
    const number = Math.floor(offset / SHARD_BYTES);
    const position = offset - number * SHARD_BYTES;
    const file = shards.get(number) ?? openDataFile(join(folder, `${id}.${number}.data`));
    shards.set(number, file);
    return { file, position, contiguousBytes: SHARD_BYTES - position };
  }

  function place(offset: number): Place {
    const { file, position, contiguousBytes } = locate(offset);
    return { fd: file.fd, position, contiguousBytes };
  }

  function mark(start: number, end: number, state: PageState): void {
    mapFd ??= openSync(mapPath, 'a');
    const record = Buffer.alloc(RECORD_BYTES);
    record.writeDoubleLE(start / SECTOR_BYTES, 0);
    record.writeUIntLE((end - start) / SECTOR_BYTES, 8, 6);
    record.writeUInt16LE(STATE_OF_CODE.indexOf(state), 14);
    appendWhole(mapFd, record);
    pages.mark(start, end, state);
    version += 1;
  }

  return {
    id,
    runs: pages.runs,
    version: () => version,
    place,
    write(offset, bytes) {
      for (let written = 0; written < bytes.length; ) {
        const { file, position, contiguousBytes } = locate(offset + written);
        const piece = bytes.subarray(written, written + contiguousBytes);
        file.write(piece, position);
        written += piece.length;
      }
      mark(offset, offset + bytes.length, 'data');
    },
    clear(start, end) {
      mark(start, end, 'cleared');
    },
    close() {
      for (const file of shards.values()) file.close();
      if (mapFd !== undefined) closeSync(mapFd);
      shards.clear();
      mapFd = undefined;
    },
  };
}

/** Deletes the files of a layer; readers that still have them open are not disturbed. */
export function removeLayer(folder: string, fileNames: readonly string[], id: string): void {
  for (const name of fileNames.filter((each) => each.startsWith(`${id}.`))) rmSync(join(folder, name));
}

/** Brings the journal back into memory; a record that a crash cut off was never answered and goes. */
function replay(mapPath: string, mark: (start: number, end: number, state: PageState) => void): void {
  if (!existsSync(mapPath)) return;
  const journal = readFileSync(mapPath);
  const wholeBytes = journal.length - (journal.length % RECORD_BYTES);
  if (wholeBytes < journal.length) truncateSync(mapPath, wholeBytes);
  for (let at = 0; at < wholeBytes; at += RECORD_BYTES) {
    const start = journal.readDoubleLE(at) * SECTOR_BYTES;
    const length = journal.readUIntLE(at + 8, 6) * SECTOR_BYTES;
    const state = STATE_OF_CODE[journal.readUInt16LE(at + 14)];
    if (state !== undefined) mark(start, start + length, state);
  }
}
