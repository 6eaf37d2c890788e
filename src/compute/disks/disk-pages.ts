import type { ByteRange, ChangedRange } from '../../disks/ports';
import { VHD_FOOTER_BYTES } from '../../disks/vhd-footer';
import { BackupError } from '../../failures/failure';
import type { Compute } from '../arm/connection';
import { BadPageList, normalisePages, type PageList, parsePageList } from '../data-plane/page-list';
import { stepFailure } from '../failures/arm-failure';
import { linkTo } from './disk-access';
import { type LinkedDisk, sendToDisk } from './disk-link';

/** A disk whose pages are listed, or those of them that changed since `base`. */
export interface ListedDisk {
  disk: LinkedDisk;
  sizeBytes: number;
  base?: LinkedDisk;
}

/** Most disks are listed with one request. */
const LARGEST_WINDOW_BYTES = 2 ** 40;
/** A window this small is asked for as patiently as anything else. */
const SMALLEST_WINDOW_BYTES = 2 ** 30;
/** Into how many pieces a window is cut whose list the service could not make. */
const PIECES = 8;
/** No list of one window needs more answers than this; a service that never ends is not followed for ever. */
const MAX_ANSWERS = 10_000;

/**
 * All pages in a window, sorted, disjoint and merged. The list of a very fragmented disk takes the service
 * too long: what it cannot list at once is asked for in smaller pieces. Fails with `PageListRefused`,
 * `DiskReadFailed`, `SnapshotGone` and the causes of step `disk access`.
 */
export async function listPages(
  compute: Compute,
  listed: ListedDisk,
  window: ByteRange = { offset: 0, length: listed.sizeBytes },
): Promise<ChangedRange[]> {
  const end = Math.min(window.offset + window.length, listed.sizeBytes);
  return listInPieces(
    compute,
    listed,
    { offset: window.offset, length: end - window.offset },
    LARGEST_WINDOW_BYTES,
  );
}

async function listInPieces(
  compute: Compute,
  listed: ListedDisk,
  { offset, length }: ByteRange,
  pieceBytes: number,
): Promise<ChangedRange[]> {
  const all: ChangedRange[] = [];
  const end = offset + length;
  for (let at = offset; at < end; at += pieceBytes) {
    const piece = { offset: at, length: Math.min(pieceBytes, end - at) };
    for (const range of await listWindow(compute, listed, piece)) append(all, range);
  }
  return all;
}

/** Joins what a border had cut. */
function append(all: ChangedRange[], range: ChangedRange): void {
  const last = all.at(-1);
  const joins = last && last.cleared === range.cleared && last.offset + last.length === range.offset;
  if (joins) last.length += range.length;
  else all.push(range);
}

async function listWindow(compute: Compute, listed: ListedDisk, window: ByteRange): Promise<ChangedRange[]> {
  if (window.length <= SMALLEST_WINDOW_BYTES) return listAtOnce(compute, listed, window);
  const hasty = { ...compute, patience: { ...compute.patience, tries: Math.min(compute.patience.tries, 3) } };
  try {
    return await listAtOnce(hasty, listed, window);
  } catch (error) {
    if (!(error instanceof BackupError) || error.failure.code !== 'DiskReadFailed') throw error;
    const pages = Math.ceil(window.length / PIECES / VHD_FOOTER_BYTES);
    return listInPieces(compute, listed, window, pages * VHD_FOOTER_BYTES);
  }
}

async function listAtOnce(compute: Compute, listed: ListedDisk, window: ByteRange): Promise<ChangedRange[]> {
  const lists: PageList['ranges'][] = [];
  let marker: string | undefined;
  for (let answers = 0; answers < MAX_ANSWERS; answers++) {
    const list = await askForPages(compute, listed, window, marker);
    lists.push(list.ranges);
    marker = list.nextMarker;
    if (!marker) return refuseBadList(() => normalisePages(lists.flat(), window, listed.sizeBytes));
  }
  throw stepFailure(
    'PageListRefused',
    'transfer',
    `The list of pages did not end after ${MAX_ANSWERS} answers.`,
  );
}

async function askForPages(
  compute: Compute,
  { disk, base, sizeBytes }: ListedDisk,
  { offset, length }: ByteRange,
  marker: string | undefined,
): Promise<PageList> {
  const answer = await sendToDisk(compute, disk, 200, async (grantedAfter) => ({
    method: 'GET',
    query: marker ? `comp=pagelist&marker=${encodeURIComponent(marker)}` : 'comp=pagelist',
    headers: {
      'x-ms-range': `bytes=${offset}-${offset + length - 1}`,
      ...(base && { 'x-ms-previous-snapshot-url': await linkTo(compute, base, grantedAfter) }),
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
    const message = `The list of pages is refused: ${error.message}.`;
    throw stepFailure('PageListRefused', 'transfer', message, { cause: error });
  }
}
