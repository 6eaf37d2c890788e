import { randomBytes } from 'node:crypto';
import { type FileHandle, link, mkdir, open, rename, stat, unlink } from 'node:fs/promises';
import path from 'node:path';
import { backupError } from '../failures/failure';
import type { BlobContent, BlobItem, BlobStore, WriteCondition, WriteResult } from './blob-store';
import { codeOf, folderFailure, isAbsent } from './folder-failure';
import { folderListing } from './folder-listing';
import { objectError, refuseLarger } from './object-error';

/**
 * A container as a folder, a `/` in a name being a folder in it: what AzCopy, a recursive download or
 * `vault copy` leave. It can be read and added to; what is there is neither changed nor deleted, so `touch`,
 * `delete` and a `put` with `ifMatch` fail with `VaultReadOnly`. What is written is there whole or not at
 * all, also when the process is killed; names that begin with a dot are nobody's.
 */
export function folderBlobStore(folder: string): BlobStore {
  const root = path.resolve(folder);
  const refused = async (name: string) => {
    throw backupError('VaultReadOnly', `${name} in ${root}: nothing is changed or deleted in a folder`);
  };
  return {
    async ensureContainer() {
      await told(root, () => mkdir(root, { recursive: true }));
    },
    ...readsOf(root),
    put: async (name, body, condition, signal) =>
      condition && 'ifMatch' in condition
        ? refused(name)
        : told(root, () => write(root, name, body, condition, signal), name),
    touch: refused,
    delete: refused,
    async now() {
      return wholeSeconds(Date.now());
    },
  };
}

function readsOf(root: string): Pick<BlobStore, 'get' | 'readInto' | 'getRange' | 'head' | 'list'> {
  /** Does `read` with the file of a blob; undefined when there is none, though its folder is. */
  const withFile = async <T>(name: string, read: (file: FileHandle, item: BlobItem) => Promise<T>) => {
    const file = await told(root, () => openIfThere(fileOf(root, name)), name);
    if (!file) {
      await told(root, () => stat(root), name);
      return undefined;
    }
    try {
      const item = await told(root, () => itemOf(file, name), name);
      return item && (await told(root, () => read(file, item), name));
    } finally {
      await file.close();
    }
  };
  return {
    get: (name, { maxBytes, signal } = {}): Promise<BlobContent | undefined> =>
      withFile(name, async (file, item) => {
        signal?.throwIfAborted();
        refuseLarger(name, item.sizeBytes, maxBytes);
        const body = Buffer.allocUnsafeSlow(item.sizeBytes);
        await fill(file, name, body, 0);
        return { ...item, body, readAt: wholeSeconds(Date.now()) };
      }),

    readInto: (name, target, signal) =>
      withFile(name, async (file, { sizeBytes }) => {
        signal?.throwIfAborted();
        refuseLarger(name, sizeBytes, target.length);
        await fill(file, name, target.subarray(0, sizeBytes), 0);
        return sizeBytes;
      }),

    getRange: (name, offset, length, signal) =>
      withFile(name, async (file) => {
        signal?.throwIfAborted();
        const bytes = Buffer.allocUnsafeSlow(length);
        await fill(file, name, bytes, offset);
        return bytes;
      }),

    head: (name) => withFile(name, async (_file, item) => item),

    async *list(prefix, options) {
      try {
        await stat(root);
        for await (const name of folderListing(root, prefix, options?.startAfter)) {
          const item = await withFile(name, async (_file, found) => found);
          if (item) yield item;
        }
      } catch (error) {
        throw folderFailure(error, root);
      }
    },
  };
}

async function openIfThere(file: string): Promise<FileHandle | undefined> {
  try {
    return await open(file, 'r');
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

async function itemOf(file: FileHandle, name: string): Promise<BlobItem | undefined> {
  const found = await file.stat({ bigint: true });
  if (!found.isFile()) return undefined;
  const { ino, size, mtimeNs } = found;
  const etag = `"${[ino, size, mtimeNs].map((part) => part.toString(16)).join('-')}"`;
  return { name, sizeBytes: Number(size), etag, lastModified: wholeSeconds(Number(found.mtimeMs)) };
}

async function fill(file: FileHandle, name: string, target: Buffer, offset: number): Promise<void> {
  for (let filled = 0; filled < target.length; ) {
    const { bytesRead } = await file.read(target, filled, target.length - filled, offset + filled);
    if (bytesRead === 0)
      throw objectError('VaultObjectDamaged', name, `it ends before byte ${offset + target.length}`);
    filled += bytesRead;
  }
}

async function write(
  root: string,
  name: string,
  body: Buffer,
  condition?: WriteCondition,
  signal?: AbortSignal,
): Promise<WriteResult> {
  signal?.throwIfAborted();
  const target = fileOf(root, name);
  const draft = path.join(path.dirname(target), `.${randomBytes(8).toString('hex')}.part`);
  await mkdir(path.dirname(target), { recursive: true });
  try {
    const item = await writeDraft(draft, name, body);
    if (!condition) await rename(draft, target);
    else if (!(await linkOnce(draft, target))) return { written: false };
    return { written: true, etag: item.etag, lastModified: item.lastModified };
  } finally {
    await unlink(draft).catch(() => undefined);
  }
}

async function writeDraft(draft: string, name: string, body: Buffer): Promise<BlobItem> {
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(body);
    // A manifest may never outlive the content that it names, also when the power goes.
    await file.datasync();
    const item = await itemOf(file, name);
    if (!item) throw objectError('VaultObjectDamaged', name, 'what was written is no file');
    return item;
  } finally {
    await file.close();
  }
}

/** Gives the draft its name; false when there is something of that name. */
async function linkOnce(draft: string, target: string): Promise<boolean> {
  try {
    await link(draft, target);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    if (!NO_LINKS.has(codeOf(error))) throw error;
    // Where a file has one name only, as on exFAT, two writers at once can overwrite each other with the
    // same.
    if (await stat(target).catch(() => undefined)) return false;
    await rename(draft, target);
    return true;
  }
}

const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

/** Names come from the vault's grammar; whatever else comes may not lead out of the folder. */
function fileOf(root: string, name: string): string {
  const parts = name.split('/');
  if (name.includes('\0') || parts.some((part) => part === '' || part.startsWith('.') || part.includes('\\')))
    throw backupError('VaultNameInvalid', `${JSON.stringify(name.slice(0, 100))} is not the name of a blob`);
  return path.join(root, ...parts);
}

async function told<T>(root: string, work: () => Promise<T>, name?: string): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw folderFailure(error, root, name);
  }
}

const wholeSeconds = (ms: number) => new Date(Math.floor(ms / 1000) * 1000).toISOString();
