import type { ByteRange, ChangedRange } from '../../disks/ports';

/** Page blobs are written in pages of this size. */
export const PAGE_BYTES = 512;

/** Why a page list cannot be trusted. */
export class BadPageList extends Error {}

/** Ranges as the service lists them, ends exclusive, in the order they came. */
interface RawRange {
  start: number;
  end: number;
  cleared: boolean;
}

/** One answer of Get Page Ranges. */
export interface PageList {
  ranges: RawRange[];
  /** Where the next answer goes on; absent in the last one. */
  nextMarker?: string;
}

const ENTRY = /<(PageRange|ClearRange)>\s*<Start>(\d{1,16})<\/Start>\s*<End>(\d{1,16})<\/End>\s*<\/\1>/g;
const ANY_ENTRY = /<(?:PageRange|ClearRange)>/g;

/**
 * Reads the XML of Get Page Ranges, plain or diff. `End` is inclusive there. Throws `BadPageList` on anything
 * unexpected.
 */
export function parsePageList(xml: string): PageList {
  if (/<PageList\s*\/>/.test(xml)) return { ranges: [] };
  if (!/<PageList[\s>]/.test(xml) || !/<\/PageList>\s*$/.test(xml))
    throw new BadPageList('it is not complete');
  const ranges: RawRange[] = [];
  for (const [, kind, start, end] of xml.matchAll(ENTRY)) {
    ranges.push({ start: Number(start), end: Number(end) + 1, cleared: kind === 'ClearRange' });
  }
  const announced = xml.match(ANY_ENTRY)?.length ?? 0;
  if (announced !== ranges.length)
    throw new BadPageList(`${announced - ranges.length} of its entries cannot be read`);
  const nextMarker = /<NextMarker>([^<]+)<\/NextMarker>/.exec(xml)?.[1];
  return { ranges, nextMarker };
}

/**
 * Ranges as the vault reads them: sorted, disjoint, aligned, inside the window, neighbours of one kind
 * merged. The VHD footer behind the disk is no part of it. A page that is listed as changed and as cleared
 * counts as changed: reading it gives the truth either way. Throws `BadPageList` for entries that are empty,
 * not aligned, or beyond the blob: a list with one wrong entry may have others that look right.
 */
export function normalisePages(
  ranges: readonly RawRange[],
  window: ByteRange,
  diskBytes: number,
): ChangedRange[] {
  const blobBytes = diskBytes + PAGE_BYTES;
  for (const { start, end } of ranges) {
    if (end <= start) throw new BadPageList(`the entry ${start}–${end} is empty or reversed`);
    if (start % PAGE_BYTES !== 0 || end % PAGE_BYTES !== 0)
      throw new BadPageList(`the entry ${start}–${end} is not aligned`);
    if (end > blobBytes) throw new BadPageList(`the entry ${start}–${end} is beyond the end at ${blobBytes}`);
  }
  const from = window.offset;
  const to = Math.min(window.offset + window.length, diskBytes);
  const inWindow = ranges
    .map(({ start, end, cleared }) => ({ start: Math.max(start, from), end: Math.min(end, to), cleared }))
    .filter(({ start, end }) => end > start);
  const changed = union(inWindow.filter(({ cleared }) => !cleared));
  const cleared = subtract(union(inWindow.filter((range) => range.cleared)), changed);
  return [...toRanges(changed, false), ...toRanges(cleared, true)].sort(
    (left, right) => left.offset - right.offset,
  );
}

interface Span {
  start: number;
  end: number;
}

function union(spans: readonly Span[]): Span[] {
  const merged: Span[] = [];
  for (const { start, end } of [...spans].sort((left, right) => left.start - right.start)) {
    const last = merged.at(-1);
    if (last && start <= last.end) last.end = Math.max(last.end, end);
    else merged.push({ start, end });
  }
  return merged;
}

/** What is in `spans` and not in `holes`; both sorted and disjoint. */
function subtract(spans: readonly Span[], holes: readonly Span[]): Span[] {
  const left: Span[] = [];
  let next = 0;
  for (const { start, end } of spans) {
    let at = start;
    while (next < holes.length && (holes[next] as Span).end <= at) next++;
    for (let index = next; index < holes.length && (holes[index] as Span).start < end; index++) {
      const hole = holes[index] as Span;
      if (hole.start > at) left.push({ start: at, end: hole.start });
      at = Math.max(at, hole.end);
    }
    if (at < end) left.push({ start: at, end });
  }
  return left;
}

const toRanges = (spans: readonly Span[], cleared: boolean): ChangedRange[] =>
  spans.map(({ start, end }) => ({ offset: start, length: end - start, cleared }));
