import { isContentName } from '../format/names';
import { addSeconds } from '../safety-times';
import type { BlobItem } from '../store/blob-store';
import type { Vault } from '../vault';
import { markPoints } from './mark';
import type { NameSet } from './name-set';
import { findRoots, removePurged } from './roots';

/** Prefixes of content that collection may delete. It leaves every other prefix alone, except the old state of runs. */
const CONTENT = ['chunks/', 'packs/', 'digests/', 'segments/', 'indexes/'] as const;
const RUNS = 'runs/';
const DAMAGE = 'damage/';

/** Marks held at once: 64 to 128 MiB. With more, names are worked through by their first digits. */
const MARKS_AT_ONCE = 4_000_000;

export interface GarbageOptions {
  /** Say what would go; delete nothing. */
  dryRun?: boolean;
  /** Points to count as gone for good, for asking what that would free: makes it a dry run. */
  without?: string[];
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
  /** Unreferenced, but touched by a backup just before they would have been deleted. */
  savedBlobs: number;
}

/**
 * Deletes what no recovery point needs. Takes no lock: it may run beside backups, other collectors and itself. A blob goes
 * only when no listed point names it, it is older than any run that could still name it, and nobody touched it since it was
 * listed. Throws `GarbageUnknown`, having deleted no content, when a point cannot be read.
 */
export async function collectGarbage(vault: Vault, options: GarbageOptions = {}): Promise<GarbageReport> {
  const { without, marksAtOnce = MARKS_AT_ONCE, signal } = options;
  const dryRun = options.dryRun === true || without !== undefined;
  const startedAt = await vault.store.now();
  const roots = await findRoots(vault, startedAt, { dryRun, without });
  const report = emptyReport(dryRun, roots.pointIds.length);
  const youngerThan = addSeconds(startedAt, -vault.times.garbageAgeSeconds);
  const sweep: Sweep = { vault, report, youngerThan, dryRun, signal };

  await sweepContent(sweep, roots.pointIds, '', marksAtOnce);
  await sweepRuns(sweep);
  report.purgedPoints = dryRun ? roots.purged.length : await removePurged(vault, roots.purged);
  return report;
}

interface Sweep {
  vault: Vault;
  report: GarbageReport;
  /** Blobs modified at or after this time stay. */
  youngerThan: string;
  dryRun: boolean;
  signal?: AbortSignal;
}

/** Works through the names that start with `prefix`; splits them by one more digit when the marks would not fit. */
async function sweepContent(
  sweep: Sweep,
  pointIds: string[],
  prefix: string,
  marksAtOnce: number,
): Promise<void> {
  const marks = await markPoints(sweep.vault, pointIds, prefix, marksAtOnce);
  if (!marks) {
    for (const digit of '0123456789abcdef') await sweepContent(sweep, pointIds, prefix + digit, marksAtOnce);
    return;
  }
  for (const folder of CONTENT) {
    for await (const blob of sweep.vault.store.list(folder + prefix))
      await sweepBlob(sweep, blob, folder, marks);
  }
  await sweepDamage(sweep, prefix, marks);
}

async function sweepBlob(sweep: Sweep, blob: BlobItem, folder: string, marks: NameSet): Promise<void> {
  const name = blob.name.slice(folder.length);
  if (!isContentName(name)) return;
  sweep.report.seenBlobs += 1;
  sweep.report.seenBytes += blob.sizeBytes;
  if (!marks.has(name)) await deleteIfOld(sweep, blob);
}

async function deleteIfOld(
  { vault, report, youngerThan, dryRun, signal }: Sweep,
  blob: BlobItem,
): Promise<void> {
  signal?.throwIfAborted();
  if (blob.lastModified >= youngerThan) {
    report.youngBlobs += 1;
    report.youngBytes += blob.sizeBytes;
    return;
  }
  const outcome = dryRun ? 'deleted' : await vault.store.delete(blob.name, { ifMatch: blob.etag });
  if (outcome === 'deleted') {
    report.deletedBlobs += 1;
    report.deletedBytes += blob.sizeBytes;
  }
  if (outcome === 'conflict') report.savedBlobs += 1;
}

/** Plans and part results of runs that may not commit any more. */
async function sweepRuns(sweep: Sweep): Promise<void> {
  for await (const blob of sweep.vault.store.list(RUNS)) await deleteIfOld(sweep, blob);
}

/** Notes of damage to content that nobody needs any more. */
async function sweepDamage(sweep: Sweep, prefix: string, marks: NameSet): Promise<void> {
  for (const folder of CONTENT) {
    for await (const note of sweep.vault.store.list(`${DAMAGE}${folder}${prefix}`)) {
      const name = note.name.slice(DAMAGE.length + folder.length);
      if (isContentName(name) && !marks.has(name)) await deleteIfOld(sweep, note);
    }
  }
}

const emptyReport = (dryRun: boolean, livePoints: number): GarbageReport => ({
  dryRun,
  livePoints,
  purgedPoints: 0,
  seenBlobs: 0,
  seenBytes: 0,
  deletedBlobs: 0,
  deletedBytes: 0,
  youngBlobs: 0,
  youngBytes: 0,
  savedBlobs: 0,
});
