import type { BlobItem } from '../../storage/blob-store';
import type { TransferCounts } from '../format/counts';

/**
 * Who brings content into the vault, and what it comes to. A blob says in its metadata who wrote it: so a try
 * that goes on where another one died counts what that one had stored and told nobody, and an answer that got
 * lost on its way does not make a blob somebody else's.
 */
export interface ContentAccount {
  /** The part of a run that writes. */
  of: string;
  /** The segment of the disk for which it does. */
  segment: number;
  /** What this part wrote for earlier segments is counted in a checkpoint. */
  fromSegment: number;
  /** Blobs that this try has counted: each counts once. */
  counted: Set<string>;
  counts: Pick<TransferCounts, 'sentBytes' | 'sentPlainBytes' | 'storedBytes'>;
}

/** The account of a part that begins, or goes on after the checkpoints before `fromSegment`. */
export const newAccount = (
  of: string,
  counts: ContentAccount['counts'],
  fromSegment = 0,
): ContentAccount => ({ of, segment: fromSegment, fromSegment, counted: new Set(), counts });

/** How a blob says who wrote it. */
export const signatureOf = (account: ContentAccount | undefined): string | undefined =>
  account && `${account.of}/${account.segment}`;

/** Counts a body that was sent, whatever came of it. */
export function countSent(account: ContentAccount | undefined, body: Buffer): void {
  if (account) account.counts.sentBytes += body.length;
}

/** Counts what was sent, before compression. */
export function countPlain(account: ContentAccount | undefined, plainBytes: number): void {
  if (account) account.counts.sentPlainBytes += plainBytes;
}

/** Counts bytes that are new in the vault. */
export function countStored(account: ContentAccount | undefined, blobName: string, sizeBytes: number): void {
  if (!account || account.counted.has(blobName)) return;
  account.counted.add(blobName);
  account.counts.storedBytes += sizeBytes;
}

/** Counts a blob that is there already, if an earlier try of the same part has written it and not told. */
export function countOwn(account: ContentAccount | undefined, blob: BlobItem): void {
  if (account && isOwn(account, blob)) countStored(account, blob.name, blob.sizeBytes);
}

function isOwn({ of, fromSegment }: ContentAccount, { writtenBy }: BlobItem): boolean {
  if (!writtenBy?.startsWith(`${of}/`)) return false;
  return Number(writtenBy.slice(of.length + 1)) >= fromSegment;
}
