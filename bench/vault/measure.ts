import type { BlobStore } from '../../src/storage/blob-store';
import type { TransferCounts } from '../../src/vault/format/counts';
import { BLOCK_BYTES } from '../../src/vault/format/geometry';
import { openVault, type Vault } from '../../src/vault/vault';
import { countingDigestReads, type DigestReads } from './digest-reads';
import { readChanges } from './image-disk';
import { backUpImage, type Measured, restoreImage } from './steps';

/** One backup: how long it took, and what it read and sent. */
export interface Figure {
  disk: string;
  work: string;
  seconds: number;
  changedBytes: number;
  counts: TransferCounts;
}

/** A promise about bytes or requests, and whether it held. */
export interface Check {
  disk: string;
  work: string;
  what: string;
  value: number;
  bound: number;
  holds: boolean;
}

export interface VaultFigures {
  figures: Figure[];
  checks: Check[];
}

type Bound = [what: string, value: number, bound: number];

/** Change sets of the images, with what each may upload per changed byte, before compression. */
const CHANGE_SETS = [
  { version: 'v2s', work: '1 % scattered 4 KiB', uploadedPerChanged: 1.5, requestsPer100Blocks: 1 },
  { version: 'v2c', work: '1 % clustered', uploadedPerChanged: 1.3 },
];
const MODES = ['changed blocks', 'checksum'] as const;
const MOST_REQUESTS_UNCHANGED = 20;
/** Of fewer changed blocks, the requests that every backup makes are most. */
const FEWEST_HUNDREDS = 20;
const MOST_DIGESTS_STORED = 0.015;
const MOST_DIGESTS_READ = 0.01;

/**
 * Backs up an image, an identical one of another VM, and each change set in both modes, every delta from the
 * first backup alone, and compares every byte that is restored.
 * @param folder of the images
 * @throws when a restored byte is wrong
 */
export async function measureVault(store: BlobStore, folder: string, disk: string): Promise<VaultFigures> {
  const digests = countingDigestReads(store);
  const vault = await openVault(digests.store);
  const figures: Figure[] = [];
  const checks: Check[] = [];
  const note = (work: string, { seconds, summary }: Measured, changedBytes: number, bounds: Bound[]) => {
    figures.push({ disk, work, seconds, changedBytes, counts: summary.counts });
    for (const [what, value, bound] of bounds)
      checks.push({ disk, work, what, value, bound, holds: value <= bound });
  };

  const first = await backUpImage(vault, folder, `${disk}-v1`);
  const stored = await namesAndSizes(store);
  note('first backup', first, first.summary.counts.changedBytes, [
    ['digests, of all that is stored', shareOfDigests(stored), MOST_DIGESTS_STORED],
  ]);
  await restoreImage(vault, folder, `${disk}-v1`, first.pointId);

  const twin = await backUpImage(vault, folder, `${disk}-v1`, { vmKey: 'twin' });
  note('identical disk of another VM', twin, 0, [['chunks sent twice', twin.summary.counts.newChunks, 0]]);
  await forgetOthers(store, stored);

  for (const mode of MODES) {
    const changes = mode === 'changed blocks' ? [] : undefined;
    const unchanged = await backUpImage(vault, folder, `${disk}-v1`, { base: first.pointId, changes });
    note(`nothing changed, ${mode}`, unchanged, 0, unchangedBounds(unchanged));
    await forgetOthers(store, stored);
  }
  for (const changeSet of CHANGE_SETS) {
    for (const mode of MODES) {
      digests.take();
      const { delta, changedBytes } = await backUpDelta(vault, folder, `${disk}-${changeSet.version}`, {
        base: first.pointId,
        mode,
      });
      const bounds = deltaBounds(delta, changedBytes, changeSet);
      if (mode === 'checksum') bounds.push(digestsReadBound(delta, digests.take()));
      note(`${changeSet.work}, ${mode}`, delta, changedBytes, bounds);
      await forgetOthers(store, stored);
    }
  }
  return { figures, checks };
}

async function backUpDelta(
  vault: Vault,
  folder: string,
  image: string,
  { base, mode }: { base: string; mode: (typeof MODES)[number] },
) {
  const changes = readChanges(folder, image);
  const changedBytes = changes.reduce((sum, { length }) => sum + length, 0);
  const known = mode === 'changed blocks' ? changes : undefined;
  const delta = await backUpImage(vault, folder, image, { base, changes: known });
  await restoreImage(vault, folder, image, delta.pointId);
  return { delta, changedBytes };
}

const unchangedBounds = ({ summary: { counts } }: Measured): Bound[] => [
  ['chunks and patches sent', counts.newChunks + counts.patchedChunks, 0],
  ['requests', counts.requests, MOST_REQUESTS_UNCHANGED],
];

/** Digests are read of chunks that changed; the others have the name that they had. */
const digestsReadBound = ({ summary: { counts } }: Measured, { bytes }: DigestReads): Bound => [
  'bytes of digests read, per byte compared',
  bytes / counts.readBytes,
  MOST_DIGESTS_READ,
];

function deltaBounds(
  { summary: { counts } }: Measured,
  changedBytes: number,
  { uploadedPerChanged, requestsPer100Blocks }: (typeof CHANGE_SETS)[number],
): Bound[] {
  const bounds: Bound[] = [
    ['bytes uploaded, per changed byte', counts.sentPlainBytes / changedBytes, uploadedPerChanged],
  ];
  const hundreds = changedBytes / BLOCK_BYTES / 100;
  if (requestsPer100Blocks !== undefined && hundreds >= FEWEST_HUNDREDS)
    bounds.push(['requests, per 100 changed blocks', counts.requests / hundreds, requestsPer100Blocks]);
  return bounds;
}

function shareOfDigests(stored: ReadonlyMap<string, number>): number {
  let digests = 0;
  let all = 0;
  for (const [name, sizeBytes] of stored) {
    all += sizeBytes;
    if (name.startsWith('digests/')) digests += sizeBytes;
  }
  return digests / all;
}

async function namesAndSizes(store: BlobStore): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  for await (const { name, sizeBytes } of store.list('')) sizes.set(name, sizeBytes);
  return sizes;
}

/** Content is shared: whoever comes next would find what the last one has sent. */
async function forgetOthers(store: BlobStore, kept: ReadonlyMap<string, number>): Promise<void> {
  for (const name of (await namesAndSizes(store)).keys()) if (!kept.has(name)) await store.delete(name);
}
