import type { BlobContent, BlobItem, BlobStore, WriteCondition, WriteResult } from './blob-store';
import { objectError, refuseLarger } from './object-error';

interface StoredBlob {
  body: Buffer;
  etag: string;
  lastModified: string;
  writtenBy?: string;
}

/** What a container in memory holds, by name. */
type Blobs = Map<string, StoredBlob>;

export interface MemoryStoreOptions {
  /** The clock of this storage service; like Azure's it shows whole seconds. */
  now?: () => Date;
  /** Blobs that can be read, but neither changed nor deleted. */
  locked?: (name: string) => boolean;
  /** Blobs in the Archive tier: listed, but neither read nor touched. */
  archived?: (name: string) => boolean;
}

/** A container in memory, for models, tests and reading a copied vault. */
export function memoryBlobStore({
  now = () => new Date(),
  locked = () => false,
  archived = () => false,
}: MemoryStoreOptions = {}): BlobStore {
  const blobs: Blobs = new Map();
  const refuseArchived = (name: string) => {
    if (blobs.has(name) && archived(name))
      throw objectError('VaultBlobArchived', name, 'it is in the Archive tier');
  };
  const timestamp = () => wholeSeconds(now());
  return {
    async ensureContainer() {},
    ...readsOf(blobs, timestamp, refuseArchived),
    ...writesOf(blobs, timestamp, locked, refuseArchived),
    async now() {
      return timestamp();
    },
  };
}

function readsOf(
  blobs: Blobs,
  timestamp: () => string,
  refuseArchived: (name: string) => void,
): Pick<BlobStore, 'get' | 'readInto' | 'getRange' | 'head' | 'list'> {
  return {
    async get(name, { maxBytes, signal } = {}): Promise<BlobContent | undefined> {
      signal?.throwIfAborted();
      const blob = blobs.get(name);
      if (!blob) return undefined;
      refuseArchived(name);
      refuseLarger(name, blob.body.length, maxBytes);
      return { ...itemOf(name, blob), body: Buffer.from(blob.body), readAt: timestamp() };
    },

    async readInto(name, target, signal) {
      signal?.throwIfAborted();
      const blob = blobs.get(name);
      if (!blob) return undefined;
      refuseArchived(name);
      refuseLarger(name, blob.body.length, target.length);
      return blob.body.copy(target);
    },

    async getRange(name, offset, length, signal) {
      signal?.throwIfAborted();
      const blob = blobs.get(name);
      if (!blob) return undefined;
      refuseArchived(name);
      if (offset + length > blob.body.length) {
        throw objectError('VaultObjectDamaged', name, `it ends before byte ${offset + length}`);
      }
      return Buffer.from(blob.body.subarray(offset, offset + length));
    },

    async head(name) {
      const blob = blobs.get(name);
      return blob && { ...itemOf(name, blob), writtenBy: blob.writtenBy };
    },

    async *list(prefix, { startAfter = '' } = {}) {
      const names = [...blobs.keys()].filter((name) => name.startsWith(prefix) && name > startAfter).sort();
      for (const name of names) {
        const blob = blobs.get(name);
        if (blob) yield itemOf(name, blob);
      }
    },
  };
}

function writesOf(
  blobs: Blobs,
  timestamp: () => string,
  isLocked: (name: string) => boolean,
  refuseArchived: (name: string) => void,
): Pick<BlobStore, 'put' | 'touch' | 'delete'> {
  let version = 0;
  const write = (name: string, body: Buffer, writtenBy?: string): WriteResult => {
    version += 1;
    const blob = { body, etag: `"${version}"`, lastModified: timestamp(), writtenBy };
    blobs.set(name, blob);
    return { written: true, etag: blob.etag, lastModified: blob.lastModified };
  };

  return {
    async put(name, body, condition?: WriteCondition, signal?: AbortSignal) {
      signal?.throwIfAborted();
      const present = blobs.get(name);
      if (condition && 'ifAbsent' in condition && present) return { written: false };
      if (condition && 'ifMatch' in condition && present?.etag !== condition.ifMatch)
        return { written: false };
      if (present && isLocked(name)) return { written: false, locked: true };
      return write(name, Buffer.from(body), condition?.by);
    },

    async touch(name, ifMatch) {
      const present = blobs.get(name);
      if (present?.etag !== ifMatch) return { written: false };
      refuseArchived(name);
      return isLocked(name) ? { written: false, locked: true } : write(name, present.body);
    },

    async delete(name, condition) {
      const blob = blobs.get(name);
      if (!blob) return 'missing';
      if (isLocked(name) || (condition && blob.etag !== condition.ifMatch)) return 'conflict';
      blobs.delete(name);
      return 'deleted';
    },
  };
}

const itemOf = (name: string, blob: StoredBlob): BlobItem => ({
  name,
  sizeBytes: blob.body.length,
  etag: blob.etag,
  lastModified: blob.lastModified,
});

const wholeSeconds = (time: Date) => new Date(Math.floor(time.getTime() / 1000) * 1000).toISOString();
