import { orderedParallel } from '../../basics/ordered-parallel';
import { addSeconds } from '../../basics/time';
import { backupError } from '../../failures/failure';
import type { BlobItem } from '../../storage/blob-store';
import { isContentName } from '../format/names';
import type { Vault } from '../vault';
import { CONTENT_FOLDERS } from './content-folders';
import { markPoints } from './mark';
import type { NameSet } from './name-set';
import { findRoots, removePurged } from './roots';

const RUNS = 'runs/';
const DAMAGE = 'damage/';

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
}

/**
 * Deletes what no recovery point needs. Takes no lock: it may run beside backups, other collectors and
 * itself. A blob goes only when no listed point names it, it is older than any run that could still name it,
 * and nobody touched it since it was listed. Throws `GarbageUnknown`, having deleted no content, when a point
 * cannot be read.
 */
export async function collectGarbage(vault: Vault, options: GarbageOptions = {}): Promise<GarbageReport> {
  const { without, deleted, marksAtOnce = MARKS_AT_ONCE, signal } = options;
  const dryRun = options.dryRun === true || without !== undefined;
  const now = await vault.store.now();
  const sweep: Sweep = { vault, report: emptyReport(dryRun), dryRun, without, deleted, signal };
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
    if ('marks' in marking) return sweepUnmarked(sweep, prefix, marking.marks, youngSince(vault, look.now));
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
  return 'marks' in others ? { marks: { listed: listed.marks, waiting: others.marks } } : others;
}

async function lookAgain(sweep: Sweep): Promise<Look> {
  const now = await sweep.vault.store.now();
  return { now, ...(await findRoots(sweep.vault, now, sweep)) };
}

async function sweepUnmarked(sweep: Sweep, prefix: string, marks: Marks, youngAt: string): Promise<void> {
  for (const folder of CONTENT_FOLDERS) {
    await deleteOld(sweep, unmarkedContent(sweep, folder, prefix, marks), youngAt);
    await deleteOld(sweep, unmarkedNotes(sweep, folder, prefix, marks), youngAt);
  }
}

async function* unmarkedContent({ vault, report }: Sweep, folder: string, prefix: string, marks: Marks) {
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

/** Notes of damage to content that no point needs. */
async function* unmarkedNotes({ vault }: Sweep, folder: string, prefix: string, marks: Marks) {
  const notes = `${DAMAGE}${folder}`;
  for await (const note of vault.store.list(notes + prefix)) {
    const name = note.name.slice(notes.length);
    if (isContentName(name) && !marks.listed.has(name) && !marks.waiting.has(name)) yield note;
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
});
