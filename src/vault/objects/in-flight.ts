import type { BlobStore } from '../../storage/blob-store';

/** How a blob came to be there. */
export type Brought = 'written' | 'present';

interface OnItsWay {
  /** Whose: what the tries of one transfer part share. */
  of: object;
  outcome: Promise<Brought>;
}

/** Names of blobs that are remembered after they were written: 200 bytes each. */
const WRITTEN_REMEMBERED = 50_000;

/** What this process brings into one vault, by the names of the blobs. */
export interface InFlight {
  onTheirWay: Map<string, OnItsWay>;
  /** The last ones that it wrote: whoever has the same asks before sending it. */
  written: Set<string>;
}

export const nothingInFlight = (): InFlight => ({ onTheirWay: new Map(), written: new Set() });

const tables = new WeakMap<BlobStore, InFlight>();

/** The table of a vault: one for all that this process does with its store. */
export function inFlightOf(store: BlobStore): InFlight {
  const known = tables.get(store);
  if (known) return known;
  const table = nothingInFlight();
  tables.set(store, table);
  return table;
}

/**
 * Brings a blob into the vault, unless somebody in this process is at it: then it waits for them, and only
 * where they wrote it, or are of the same part, it need not look itself. What another part merely found there
 * may be too old for this one, and what another one failed at is tried again.
 */
export async function bringOnce(
  { onTheirWay, written }: InFlight,
  blobName: string,
  of: object,
  bring: () => Promise<Brought>,
): Promise<Brought> {
  for (let other = onTheirWay.get(blobName); other; other = onTheirWay.get(blobName)) {
    const brought = await other.outcome.catch(() => undefined);
    if (brought === 'written' || (brought === 'present' && other.of === of)) return 'present';
  }
  const outcome = bring().finally(() => onTheirWay.delete(blobName));
  onTheirWay.set(blobName, { of, outcome });
  const brought = await outcome;
  if (brought === 'written') remember(written, blobName);
  return brought;
}

function remember(written: Set<string>, blobName: string): void {
  written.add(blobName);
  const [oldest] = written;
  if (written.size > WRITTEN_REMEMBERED && oldest !== undefined) written.delete(oldest);
}
