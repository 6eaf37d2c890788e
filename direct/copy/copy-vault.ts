import { orderedParallel } from '../../src/basics/ordered-parallel';
import { backupError, brokenInvariant, type Failure } from '../../src/failures/failure';
import type { BlobStore } from '../../src/storage/blob-store';
import { ObjectError } from '../../src/storage/object-error';
import { MAX_MANIFEST_BYTES, type RecoveryPoint } from '../../src/vault/format/manifest';
import { blobNames } from '../../src/vault/format/names';
import { readPoint, surveyPoints } from '../../src/vault/points';
import type { Vault } from '../../src/vault/vault';
import { copyBlob } from './copy-blob';
import { contentOf } from './point-content';

const BLOBS_AT_ONCE = 6;
const CONTENT = ['chunks/', 'packs/', 'digests/', 'segments/', 'indexes/'];

export interface CopyOptions {
  /** All points when left out. */
  pointIds?: string[];
  onProgress?: (progress: CopyProgress) => void;
  signal?: AbortSignal;
}

export interface CopyProgress {
  /** Points that are done with, whatever came of them, and how many there are. */
  donePoints: number;
  points: number;
  copiedBlobs: number;
  copiedBytes: number;
}

export interface CopyReport extends CopyProgress {
  /** Points that the copy has now and had not before, newest first. */
  copied: string[];
  /** Points that it had. */
  present: string[];
  /** Points that cannot be copied, because something that they need cannot be read; the copy lacks them. */
  refused: { pointId: string; failure: Failure }[];
}

/**
 * Copies a vault to another container or folder: only what is missing there, the newest points first, and
 * each point after all that it needs, so that whenever it ends the copy is a vault, and its points can be
 * restored. Every object is checked against its name on the way. Nothing is taken away from a copy: a point
 * that was deleted since stays in it. Throws `CopyTargetIsAnotherVault`, `RecoveryPointNotFound`, and what
 * either storage refuses.
 */
export async function copyVault(from: Vault, to: BlobStore, options: CopyOptions = {}): Promise<CopyReport> {
  const { points, refused } = await pointsOf(from, options.pointIds);
  await to.ensureContainer();
  await copyVaultDocument(from, to);
  const copying: Copying = {
    from,
    to,
    options,
    there: await namesIn(to),
    walked: new Set(),
    report: {
      donePoints: 0,
      points: points.length,
      copiedBlobs: 0,
      copiedBytes: 0,
      copied: [],
      present: [],
      refused,
    },
  };
  for (const point of points.reverse()) await copyPoint(copying, point);
  return copying.report;
}

interface Copying {
  from: Vault;
  to: BlobStore;
  options: CopyOptions;
  /** Content that the copy has. */
  there: Set<string>;
  /** Segments that were gone through without anything missing at the end. */
  walked: Set<string>;
  report: CopyReport;
}

/** Oldest first. */
async function pointsOf(vault: Vault, pointIds: string[] | undefined) {
  if (!pointIds) return surveyPoints(vault);
  const points: RecoveryPoint[] = [];
  for (const pointId of pointIds) points.push(await readPoint(vault, pointId));
  return { points, refused: [] };
}

/** First of all: without it nothing is a vault. */
async function copyVaultDocument(from: Vault, to: BlobStore): Promise<void> {
  const source = await from.store.get(blobNames.vault);
  if (!source) throw brokenInvariant('an open vault has a vault.json');
  await to.put(blobNames.vault, source.body, { ifAbsent: true });
  const copy = await to.get(blobNames.vault);
  if (!copy?.body.equals(source.body))
    throw backupError('CopyTargetIsAnotherVault', `its ${blobNames.vault} is not the one of this vault`);
}

async function namesIn(store: BlobStore): Promise<Set<string>> {
  const names = new Set<string>();
  for (const folder of CONTENT) for await (const { name } of store.list(folder)) names.add(name);
  return names;
}

async function copyPoint(copying: Copying, point: RecoveryPoint): Promise<void> {
  const { from, to, walked, report, options } = copying;
  const { pointId } = point;
  const own = new Set<string>();
  const copyOne = (name: string) => copyIfMissing(copying, name);
  try {
    const names = contentOf(from, point, walked, own);
    for await (const _done of orderedParallel(names, BLOBS_AT_ONCE, copyOne));
    // Only now: what is missing of a segment must not be forgotten by the next point that has it.
    for (const segment of own) walked.add(segment);
    const name = blobNames.point(pointId);
    const manifest = await from.store.get(name, { maxBytes: MAX_MANIFEST_BYTES });
    const written =
      manifest && (await to.put(name, manifest.body, { ifAbsent: true }, options.signal)).written;
    // Deleted and collected since it was listed: then nobody misses it.
    if (manifest) report[written ? 'copied' : 'present'].push(pointId);
  } catch (error) {
    if (!(error instanceof ObjectError)) throw error;
    report.refused.push({ pointId, failure: error.failure });
  }
  report.donePoints += 1;
  tell(copying);
}

async function copyIfMissing(copying: Copying, name: string): Promise<void> {
  const { from, to, there, report, options } = copying;
  options.signal?.throwIfAborted();
  if (there.has(name)) return;
  // Before it is: two who need it at once copy it once. One that fails fails its point, and is tried again.
  there.add(name);
  try {
    const bytes = await copyBlob(from.store, to, name, options.signal);
    report.copiedBytes += bytes;
    report.copiedBlobs += 1;
    tell(copying);
  } catch (error) {
    there.delete(name);
    // Only writers need digests: a point is whole without them.
    if (!(error instanceof ObjectError) || !name.startsWith('digests/')) throw error;
  }
}

function tell({ options, report }: Copying): void {
  const { donePoints, points, copiedBlobs, copiedBytes } = report;
  options.onProgress?.({ donePoints, points, copiedBlobs, copiedBytes });
}
