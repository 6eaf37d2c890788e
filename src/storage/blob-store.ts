/** A blob as a listing shows it. Times are the storage service's own, never a client's. */
export interface BlobItem {
  name: string;
  sizeBytes: number;
  etag: string;
  /** ISO 8601, UTC. */
  lastModified: string;
  /** Who wrote it, where whoever did has said so; only `head` tells it, and a touch forgets it. */
  writtenBy?: string;
}

/** A blob read whole. */
export interface BlobContent extends BlobItem {
  body: Buffer;
  /** The storage service's time of this answer, ISO 8601 UTC, in whole seconds. */
  readAt: string;
}

/**
 * What a write must find: nothing there (`If-None-Match: *`), or exactly this version (`If-Match`); and who
 * writes, in visible ASCII, for `head` to tell.
 */
export type WriteCondition = ({ ifAbsent: true } | { ifMatch: string }) & { by?: string };

/**
 * The outcome of a conditional write. A lost race is an answer, not an error. `locked`: no race, the blob is
 * there and an immutability policy, a legal hold or a lease forbids to change it.
 */
export type WriteResult =
  | { written: true; etag: string; lastModified: string }
  | { written: false; locked?: true };

/**
 * The container that holds the vault, as narrow as the vault needs it. Implementations: Azure Blob Storage,
 * and memory for models and tests, which run the same contract suite; a folder, which runs the part of it
 * about reading and adding. Reads after writes are consistent, listings too.
 */
export interface BlobStore {
  /** Makes the container if it is missing. */
  ensureContainer(): Promise<void>;
  /**
   * The whole blob, or undefined when it is not there. `maxBytes` refuses larger ones before they are read.
   */
  get(name: string, options?: { maxBytes?: number; signal?: AbortSignal }): Promise<BlobContent | undefined>;
  /**
   * The whole blob, read to the start of `target`; how many bytes it has, or undefined when it is not there.
   * Larger ones are refused.
   */
  readInto(name: string, target: Buffer, signal?: AbortSignal): Promise<number | undefined>;
  /**
   * Exactly `length` bytes from `offset`; undefined when the blob is not there. Shorter blobs are an error.
   */
  getRange(name: string, offset: number, length: number, signal?: AbortSignal): Promise<Buffer | undefined>;
  /** Name, size, ETag and time without the content. */
  head(name: string): Promise<BlobItem | undefined>;
  /** Writes the blob whole; without a condition it replaces what is there. */
  put(name: string, body: Buffer, condition?: WriteCondition, signal?: AbortSignal): Promise<WriteResult>;
  /** Gives the blob a new ETag and a new time without sending its content; loses like a conditional `put`. */
  touch(name: string, ifMatch: string): Promise<WriteResult>;
  /**
   * All blobs whose names start with `prefix`, in the order of their names; `startAfter` skips up to and
   * including it, `limit` says after how many the caller will stop, as far as it knows.
   */
  list(prefix: string, options?: { startAfter?: string; limit?: number }): AsyncIterable<BlobItem>;
  /** `conflict`: the blob has another ETag now, or is locked, and stays. */
  delete(name: string, condition?: { ifMatch: string }): Promise<'deleted' | 'missing' | 'conflict'>;
  /** The storage service's clock, ISO 8601 UTC, from the `Date` header of an answer. */
  now(): Promise<string>;
}
