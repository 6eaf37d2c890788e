import { orderedParallel } from '../../basics/ordered-parallel';
import { addSeconds } from '../../basics/time';
import { backupError } from '../../failures/failure';
import type { BlobItem } from '../../storage/blob-store';
import { isContentName } from '../format/names';
import type { Vault } from '../vault';
import { CONTENT_FOLDERS, type ContentFolder } from './content-folders';
import { markPoints, type UnreadablePoint } from './mark';
import type { NameSet } from './name-set';
import { noteReview, notesOf } from './review-notes';
import { findRoots, removePurged } from './roots';

const RUNS = 'runs/';

/**
 * Another collector may take points away while this one reads them; more often than this in a row is no
 * coincidence.
 */
const MARK_ATTEMPTS = 5;

/** Each delete stands for itself: it carries the version that was listed, and waits for no other. */
const DELETES_AT_ONCE = 16;

/** Marks held at once: 64 to 128 MiB. With more, names are worked through by their first digits. */
const MARKS_AT_ONCE = 4_000_000;

export interface GarbageOptions {
  /** Say what would go; delete nothing. */
  dryRun?: boolean;
  /** Points to count as gone for good, for asking what that would free: makes it a dry run. */
  without?: string[];
  /** Points to count as deleted now, as retention would: with `dryRun` only. */
  deleted?: string[];
  /** Names of content to work through at once; smaller needs less memory and more reads. */
  marksAtOnce?: number;
  signal?: AbortSignal;
}

export interface GarbageReport {
  dryRun: boolean;
  /** Points whose content was kept. */
  livePoints: number;
  /** Deleted points whose grace had ended, and that are gone now. */
  purgedPoints: number;
  /** Blobs looked at, and what they take as stored. */
  seenBlobs: number;
  seenBytes: number;
  deletedBlobs: number;
  deletedBytes: number;
  /** Unreferenced, but young enough that a running backup may want them. */
  youngBlobs: number;
  youngBytes: number;
  /** When the last of them is old enough; absent when there are none. */
  youngUntil?: string;
  /** Deleted points in their grace, and what only they need: it stays until then. */
  waitingPoints: number;
  waitingBlobs: number;
  waitingBytes: number;
  /** When the last of these graces ends; absent when there are none. */
  waitingUntil?: string;
  /** Unreferenced, but touched by a backup just before they would have been deleted. */
  savedBlobs: number;
  /** Points of which something could not be read: all content stays that they might need. */
  unreadable: UnreadablePoint[];
}

/**
 * Deletes what no recovery point needs. Takes no lock: it may run beside backups, other collectors and
 * itself. A blob goes only when no listed point names it, it is older than any run that could still name it,
 * and nobody touched it since it was listed. Where something of a point cannot be read, nothing goes of the
 * kinds of content that it would name. Throws `GarbageUnknown` when points keep vanishing while they are
 * read.
 */
export async function collectGarbage(vault: Vault, options: GarbageOptions = {}): Promise<GarbageReport> {
  const { without, deleted, marksAtOnce = MARKS_AT_ONCE, signal } = options;
  const dryRun = options.dryRun === true || without !== undefined;
  const now = await vault.store.now();
  const { review } = await noteReview(vault, now);
  const sweep: Sweep = { vault, report: emptyReport(dryRun), dryRun, without, deleted, signal, review };
  const { report } = sweep;
  const { purged, ...look } = await findRoots(vault, now, sweep);
  report.livePoints = look.pointIds.length;
  report.waitingPoints = look.waiting.size;
  report.waitingUntil = [...look.waiting.values()].sort().at(-1);

  await sweepContent(sweep, '', marksAtOnce, { now, ...look });
  await deleteOld(sweep, vault.store.list(RUNS), youngSince(vault, now));
  report.purgedPoints = dryRun ? purged.length : await removePurged(vault, purged);
  return report;
}

interface Sweep {
  vault: Vault;
  report: GarbageReport;
  dryRun: boolean;
  without?: string[];
  deleted?: string[];
  signal?: AbortSignal;
  review: Awaited<ReturnType<typeof noteReview>>['review'];
}

/** Blobs modified at or after this time may belong to a run that can still commit. */
const youngSince = ({ times }: Vault, now: string) => addSeconds(now, -times.garbageAgeSeconds);

/** The points to keep, and the time before they were listed. */
interface Look {
  now: string;
  pointIds: string[];
  /** Those of them that are deleted and wait. */
  waiting: ReadonlyMap<string, string>;
}

/** What points need: listed ones, and those that are deleted and wait. */
interface Marks {
  listed: NameSet;
  waiting: NameSet;
  /** Whether either of them needs it. */
  has(name: string): boolean;
}

/** What is needed, and what could not be read on the way. */
interface Marked {
  marks: Marks;
  unreadable: UnreadablePoint[];
}

/**
 * Works through the names that start with `prefix`; splits them by one more digit when the marks would not
 * fit. Each share begins with its own look at the clock and at the points: a collection that takes days never
 * trusts an old list. `firstLook` is one that was taken just now.
 */
async function sweepContent(
  sweep: Sweep,
  prefix: string,
  marksAtOnce: number,
  firstLook?: Look,
): Promise<void> {
  const { vault } = sweep;
  for (let attempt = 1; attempt <= MARK_ATTEMPTS; attempt += 1) {
    const look = attempt === 1 && firstLook ? firstLook : await lookAgain(sweep);
    const marking = await markLook(vault, look, prefix, marksAtOnce);
    if ('marks' in marking) return sweepUnmarked(sweep, prefix, marking, youngSince(vault, look.now));
    if ('tooMany' in marking) {
      for (const digit of '0123456789abcdef') await sweepContent(sweep, prefix + digit, marksAtOnce);
      return;
    }
  }
  throw backupError('GarbageUnknown', 'other collectors kept taking points away while they were read');
}

/** Marks what is needed. What the listed points share with those that wait is read once, and theirs. */
async function markLook(vault: Vault, { pointIds, waiting }: Look, prefix: string, limit: number) {
  const seen = new Set<string>();
  const listed = await markPoints(
    vault,
    pointIds.filter((id) => !waiting.has(id)),
    prefix,
    limit,
    seen,
  );
  if (!('marks' in listed)) return listed;
  const others = await markPoints(vault, [...waiting.keys()], prefix, limit, seen);
  if (!('marks' in others)) return others;
  const [{ marks: ofListed }, { marks: ofWaiting }] = [listed, others];
  const has = (name: string) => ofListed.has(name) || ofWaiting.has(name);
  const unreadable = [...listed.unreadable, ...others.unreadable];
  return { marks: { listed: ofListed, waiting: ofWaiting, has }, unreadable };
}

async function lookAgain(sweep: Sweep): Promise<Look> {
  const now = await sweep.vault.store.now();
  return { now, ...(await findRoots(sweep.vault, now, sweep)) };
}

async function sweepUnmarked(
  sweep: Sweep,
  prefix: string,
  { marks, unreadable }: Marked,
  youngAt: string,
): Promise<void> {
  const { report, dryRun, review, signal } = sweep;
  for (const one of unreadable)
    if (!report.unreadable.some(({ pointId }) => pointId === one.pointId)) report.unreadable.push(one);
  const unknown = new Set(unreadable.flatMap(({ mayNeed }) => mayNeed));
  for (const folder of CONTENT_FOLDERS) {
    if (!unknown.has(folder)) {
      await deleteOld(sweep, unmarkedContent(sweep, folder, prefix, marks), youngAt);
      await deleteOld(sweep, unneededNotes(sweep, folder, prefix, { marks, youngAt }), AT_ANY_AGE);
    }
    if (!dryRun) await review(folder, prefix, marks, signal);
  }
}

/** Later than any time: nothing is too young. */
const AT_ANY_AGE = '9999-12-31T23:59:59.999Z';

async function* unmarkedContent(
  { vault, report }: Sweep,
  folder: ContentFolder,
  prefix: string,
  marks: Marks,
) {
  for await (const blob of vault.store.list(folder + prefix)) {
    const name = blob.name.slice(folder.length);
    if (!isContentName(name)) continue;
    report.seenBlobs += 1;
    report.seenBytes += blob.sizeBytes;
    if (marks.listed.has(name)) continue;
    if (marks.waiting.has(name)) {
      report.waitingBlobs += 1;
      report.waitingBytes += blob.sizeBytes;
    } else yield blob;
  }
}

/**
 * Notes of damage to content that no point needs and that is not there: by now it has been deleted, if it was
 * old enough. While it is there, a run that finds it has to know.
 */
async function* unneededNotes(
  { vault: { store }, dryRun }: Sweep,
  folder: ContentFolder,
  prefix: string,
  { marks, youngAt }: { marks: Marks; youngAt: string },
) {
  for await (const { note, name } of notesOf(store, folder, prefix)) {
    if (marks.has(name)) continue;
    const damaged = await store.head(folder + name);
    if (!damaged || (dryRun && damaged.lastModified < youngAt)) yield note;
  }
}

async function deleteOld(sweep: Sweep, blobs: AsyncIterable<BlobItem>, youngAt: string): Promise<void> {
  const outcomes = orderedParallel(blobs, DELETES_AT_ONCE, (blob) => deleteIfOld(sweep, blob, youngAt));
  for await (const _done of outcomes);
}

async function deleteIfOld(
  { vault, report, dryRun, signal }: Sweep,
  blob: BlobItem,
  youngAt: string,
): Promise<void> {
  signal?.throwIfAborted();
  if (blob.lastModified >= youngAt) {
    report.youngBlobs += 1;
    report.youngBytes += blob.sizeBytes;
    const until = addSeconds(blob.lastModified, vault.times.garbageAgeSeconds);
    if (report.youngUntil === undefined || until > report.youngUntil) report.youngUntil = until;
    return;
  }
  const outcome = dryRun ? 'deleted' : await vault.store.delete(blob.name, { ifMatch: blob.etag });
  if (outcome === 'deleted') {
    report.deletedBlobs += 1;
    report.deletedBytes += blob.sizeBytes;
  }
  if (outcome === 'conflict') report.savedBlobs += 1;
}

const emptyReport = (dryRun: boolean): GarbageReport => ({
  dryRun,
  livePoints: 0,
  purgedPoints: 0,
  seenBlobs: 0,
  seenBytes: 0,
  deletedBlobs: 0,
  deletedBytes: 0,
  youngBlobs: 0,
  youngBytes: 0,
  waitingPoints: 0,
  waitingBlobs: 0,
  waitingBytes: 0,
  savedBlobs: 0,
  unreadable: [],
});
