import type { BlobContent, BlobItem, BlobStore, WriteCondition, WriteResult } from './blob-store';
import { objectError, refuseLarger } from './object-error';

interface StoredBlob {
  body: Buffer;
  etag: string;
  lastModified: string;
}

/**
 * A container in memory, for models, tests and reading a copied vault.
 * `now` is the clock of this storage service; like Azure's it shows whole seconds. Blobs that are `locked` can be read, but
 * neither changed nor deleted.
 */
export function memoryBlobStore(
  options: { now?: () => Date; locked?: (name: string) => boolean } = {},
): BlobStore {
  const blobs = new Map<string, StoredBlob>();
  let version = 0;
  const isLocked = (name: string) => options.locked?.(name) ?? false;
  const timestamp = () => wholeSeconds((options.now ?? (() => new Date()))());

  const item = (name: string, blob: StoredBlob): BlobItem => ({
    name,
    sizeBytes: blob.body.length,
    etag: blob.etag,
    lastModified: blob.lastModified,
  });
  const write = (name: string, body: Buffer): WriteResult => {
    version += 1;
    const blob = { body, etag: `"${version}"`, lastModified: timestamp() };
    blobs.set(name, blob);
    return { written: true, etag: blob.etag, lastModified: blob.lastModified };
  };

  return {
    async ensureContainer() {},

    async get(name, { maxBytes, signal } = {}): Promise<BlobContent | undefined> {
      signal?.throwIfAborted();
      const blob = blobs.get(name);
      if (!blob) return undefined;
      refuseLarger(name, blob.body.length, maxBytes);
      return { ...item(name, blob), body: Buffer.from(blob.body) };
    },

    async readInto(name, target, signal) {
      signal?.throwIfAborted();
      const blob = blobs.get(name);
      if (!blob) return undefined;
      refuseLarger(name, blob.body.length, target.length);
      return blob.body.copy(target);
    },

    async getRange(name, offset, length, signal) {
      signal?.throwIfAborted();
      const blob = blobs.get(name);
      if (!blob) return undefined;
      if (offset + length > blob.body.length) {
        throw objectError('VaultObjectDamaged', name, `it ends before byte ${offset + length}`);
      }
      return Buffer.from(blob.body.subarray(offset, offset + length));
    },

    async head(name) {
      const blob = blobs.get(name);
      return blob && item(name, blob);
    },

    async put(name, body, condition?: WriteCondition, signal?: AbortSignal) {
      signal?.throwIfAborted();
      const present = blobs.get(name);
      if (condition && 'ifAbsent' in condition && present) return { written: false };
      if (condition && 'ifMatch' in condition && present?.etag !== condition.ifMatch)
        return { written: false };
      if (present && isLocked(name)) return { written: false, locked: true };
      return write(name, Buffer.from(body));
    },

    async touch(name, ifMatch) {
      const present = blobs.get(name);
      if (present?.etag !== ifMatch) return { written: false };
      return isLocked(name) ? { written: false, locked: true } : write(name, present.body);
    },

    async *list(prefix, { startAfter = '' } = {}) {
      const names = [...blobs.keys()].filter((name) => name.startsWith(prefix) && name > startAfter).sort();
      for (const name of names) {
        const blob = blobs.get(name);
        if (blob) yield item(name, blob);
      }
    },

    async delete(name, condition) {
      const blob = blobs.get(name);
      if (!blob) return 'missing';
      if (isLocked(name) || (condition && blob.etag !== condition.ifMatch)) return 'conflict';
      blobs.delete(name);
      return 'deleted';
    },

    async now() {
      return timestamp();
    },
  };
}

const wholeSeconds = (time: Date) => new Date(Math.floor(time.getTime() / 1000) * 1000).toISOString();
