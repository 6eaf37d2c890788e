import type { ByteRange } from '../../src/disks/ports';

/** A run of a disk that is data, or reads as zeros and takes no room. */
export interface Run {
  length: number;
  hole: boolean;
}

/** A disk as the server asks it. Ranges lie inside it. */
export interface ServedDisk {
  readonly sizeBytes: number;
  /**
   * Shows the bytes of `piece`, which lies in one chunk, to `use`, or nothing where they are zeros. They are
   * somebody else's as soon as `use` returns. Throws a failure of the catalogue.
   */
  view<T>(piece: ByteRange, use: (bytes: Buffer | undefined) => T): Promise<T>;
  /** Runs from the start of `range` on: at least one, not all of it where there are more than `limit`. */
  runs(range: ByteRange, limit: number): Promise<Run[]>;
  /** Fetches what of `range` may be kept; what cannot be read is told when it is asked for. */
  prefetch(range: ByteRange): Promise<void>;
  /** Absent on a disk that is only read. */
  readonly writes?: DiskWrites;
  close(): Promise<void>;
}

/** Changes of a disk. When one has settled every later view shows it; it lasts once it is flushed. */
export interface DiskWrites {
  write(offset: number, bytes: Buffer): Promise<void>;
  /** Makes a range read as zeros, and takes no room for it. */
  clear(range: ByteRange): Promise<void>;
  flush(): Promise<void>;
}

/** The pieces of a range, none longer than `grain` nor over a multiple of it. */
export function* piecesOf({ offset, length }: ByteRange, grain: number): Generator<ByteRange> {
  for (let at = offset; at < offset + length; ) {
    const end = Math.min(offset + length, at - (at % grain) + grain);
    yield { offset: at, length: end - at };
    at = end;
  }
}

/** Adds a run, joined to the last one where it is of the same kind. */
export function addRun(runs: Run[], length: number, hole: boolean): void {
  const last = runs.at(-1);
  if (last?.hole === hole) last.length += length;
  else if (length > 0) runs.push({ length, hole });
}
