import type { ByteRange, ChangedRange, DiskSource } from '../vault/ports';
import { stepFailure } from './arm-failure';
import type { Compute } from './connection';
import { type LinkedDisk, readFromDisk, sendToDisk } from './data-plane/disk-link';
import { BadPageList, normalisePages, type PageList, parsePageList } from './data-plane/page-list';
import { VHD_FOOTER_BYTES } from './data-plane/vhd-footer';
import { linkTo } from './disk-access';

export interface OpenDiskSourceInput {
  /** The disk restore point or disk snapshot. */
  sourceId: string;
  /** An older one of the same family: what changed since it can then be asked. */
  baseSourceId?: string;
}

/** A fragmented disk of many TiB lists millions of ranges; answers for a window of this size stay small and quick. */
const WINDOW_BYTES = 64 * 2 ** 30;

/**
 * Opens one disk of a snapshot for reading; the link is asked for in this process and stays in it.
 * Methods fail with `DiskReadFailed`, `SnapshotGone`, `PageListRefused`, the causes of step `disk access`, and
 * `changedRanges` with `ChangedBlocksUnavailable`: read the disk in full then, and say so.
 */
export async function openDiskSource(compute: Compute, input: OpenDiskSourceInput): Promise<DiskSource> {
  const { sourceId, baseSourceId } = input;
  const disk: LinkedDisk = { sourceId, access: 'Read', code: 'DiskReadFailed', step: 'transfer' };
  const sizeBytes = await readSize(compute, disk);
  const source: DiskSource = {
    sizeBytes,
    allocatedRanges: async (window) => {
      const ranges = await listPages(compute, disk, sizeBytes, window);
      // A plain list has no cleared ranges.
      return ranges.map(({ offset, length }) => ({ offset, length }));
    },
    read: (range, signal) => readRange(compute, disk, sizeBytes, range, signal),
  };
  if (!baseSourceId) return source;
  const base = { ...disk, sourceId: baseSourceId };
  return { ...source, changedRanges: (window) => listChanges(compute, disk, base, sizeBytes, window) };
}

/** The blob's length without its footer: disk restore points do not tell their size in any other way. */
async function readSize(compute: Compute, disk: LinkedDisk): Promise<number> {
  const { headers } = await sendToDisk(compute, disk, 200, () => ({ method: 'HEAD' }));
  const sizeBytes = Number(headers['content-length']) - VHD_FOOTER_BYTES;
  if (Number.isSafeInteger(sizeBytes) && sizeBytes > 0 && sizeBytes % VHD_FOOTER_BYTES === 0)
    return sizeBytes;
  throw stepFailure(
    'DiskReadFailed',
    'transfer',
    `The disk's length ${headers['content-length']} makes no sense.`,
  );
}

async function readRange(
  compute: Compute,
  disk: LinkedDisk,
  sizeBytes: number,
  { offset, length }: ByteRange,
  signal?: AbortSignal,
): Promise<Buffer> {
  if (length <= 0 || offset < 0 || offset + length > sizeBytes) {
    throw stepFailure('DiskReadFailed', 'transfer', `The range ${offset}+${length} is not inside the disk.`);
  }
  // Every byte is overwritten, or the read fails.
  const bytes = Buffer.allocUnsafeSlow(length);
  await readFromDisk(compute, disk, offset, bytes, signal);
  return bytes;
}

async function listChanges(
  compute: Compute,
  disk: LinkedDisk,
  base: LinkedDisk,
  sizeBytes: number,
  window: ByteRange | undefined,
): Promise<ChangedRange[]> {
  try {
    // A disk that grew could be compared below 4 TiB; a base that is not like the disk in every way is not worth a doubt.
    const baseBytes = await readSize(compute, base);
    if (baseBytes !== sizeBytes)
      throw new BadPageList(`the base has ${baseBytes} bytes, the disk ${sizeBytes}`);
    return await listPages(compute, disk, sizeBytes, window, base);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw stepFailure(
      'ChangedBlocksUnavailable',
      'transfer',
      `No changed blocks against ${base.sourceId}: ${why}`,
      {
        cause: error,
      },
    );
  }
}

/** All pages in a window, or those that changed since `base`, asked for piece by piece. */
async function listPages(
  compute: Compute,
  disk: LinkedDisk,
  sizeBytes: number,
  window: ByteRange = { offset: 0, length: sizeBytes },
  base?: LinkedDisk,
): Promise<ChangedRange[]> {
  const all: ChangedRange[] = [];
  const end = Math.min(window.offset + window.length, sizeBytes);
  for (let offset = window.offset; offset < end; offset += WINDOW_BYTES) {
    const piece = { offset, length: Math.min(WINDOW_BYTES, end - offset) };
    for (const range of await listPiece(compute, disk, sizeBytes, piece, base)) append(all, range);
  }
  return all;
}

/** Joins what a window border had cut. */
function append(all: ChangedRange[], range: ChangedRange): void {
  const last = all.at(-1);
  if (last && last.cleared === range.cleared && last.offset + last.length === range.offset)
    last.length += range.length;
  else all.push(range);
}

/** No list of one window needs more answers than this; a service that never ends is not followed for ever. */
const MAX_ANSWERS = 10_000;

async function listPiece(
  compute: Compute,
  disk: LinkedDisk,
  sizeBytes: number,
  piece: ByteRange,
  base: LinkedDisk | undefined,
): Promise<ChangedRange[]> {
  const ranges: PageList['ranges'] = [];
  let marker: string | undefined;
  for (let answers = 0; answers < MAX_ANSWERS; answers++) {
    const list = await askForPages(compute, disk, sizeBytes, piece, base, marker);
    ranges.push(...list.ranges);
    marker = list.nextMarker;
    if (!marker) return refuseBadList(() => normalisePages(ranges, piece, sizeBytes));
  }
  throw stepFailure(
    'PageListRefused',
    'transfer',
    `The list of pages did not end after ${MAX_ANSWERS} answers.`,
  );
}

async function askForPages(
  compute: Compute,
  disk: LinkedDisk,
  sizeBytes: number,
  { offset, length }: ByteRange,
  base: LinkedDisk | undefined,
  marker: string | undefined,
): Promise<PageList> {
  const answer = await sendToDisk(compute, disk, 200, async () => ({
    method: 'GET',
    query: marker ? `comp=pagelist&marker=${encodeURIComponent(marker)}` : 'comp=pagelist',
    headers: {
      'x-ms-range': `bytes=${offset}-${offset + length - 1}`,
      ...(base ? { 'x-ms-previous-snapshot-url': await linkTo(compute, base) } : {}),
    },
  }));
  const blobBytes = answer.headers['x-ms-blob-content-length'];
  return refuseBadList(() => {
    if (blobBytes !== undefined && Number(blobBytes) !== sizeBytes + VHD_FOOTER_BYTES) {
      throw new BadPageList(`it is of a blob of ${blobBytes} bytes`);
    }
    return parsePageList(answer.body.toString('utf8'));
  });
}

function refuseBadList<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof BadPageList)) throw error;
    throw stepFailure('PageListRefused', 'transfer', `The list of pages is refused: ${error.message}.`, {
      cause: error,
    });
  }
}
