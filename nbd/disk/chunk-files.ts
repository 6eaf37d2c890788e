import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rename, stat, unlink } from 'node:fs/promises';
import path from 'node:path';
import { CHUNK_BYTES } from '../../src/vault/format/geometry';
import { isContentName, sha256Hex } from '../../src/vault/format/names';

/** Chunks on disk, by their names, for who reads the same points again and again. */
export interface ChunkFiles {
  /** Fills `target`; false when the chunk is not there, or is not what its name says. */
  read(name: string, target: Buffer): Promise<boolean>;
  /** Keeps a chunk. A cache that cannot be written is none: that is no failure of who reads. */
  keep(name: string, chunk: Buffer): Promise<void>;
}

/**
 * A folder of at most `maxBytes` in chunks, made when missing, for its owner alone; those that were used
 * least lately make room. Several servers may share it. Nothing that is read of it is believed unchecked.
 */
export function chunkFiles(folder: string, maxBytes: number): ChunkFiles {
  const most = Math.max(1, Math.floor(maxBytes / CHUNK_BYTES));
  const fileOf = (name: string) => path.join(folder, name);
  let kept: Promise<number> | undefined;

  const count = async () => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return (await readdir(folder)).filter(isContentName).length;
  };

  return {
    async read(name, target) {
      const file = await open(fileOf(name), 'r').catch(() => undefined);
      if (!file) return false;
      try {
        const { bytesRead } = await file.read(target, 0, CHUNK_BYTES, 0);
        if (bytesRead === CHUNK_BYTES && sha256Hex(target) === name) {
          await file.utimes(new Date(), new Date()).catch(() => undefined);
          return true;
        }
      } catch {
        // As good as not there: the vault has it.
      } finally {
        await file.close();
      }
      await unlink(fileOf(name)).catch(() => undefined);
      return false;
    },

    async keep(name, chunk) {
      const draft = path.join(folder, `.${randomBytes(8).toString('hex')}`);
      try {
        kept ??= count();
        if ((await kept) >= most) kept = Promise.resolve(await makeRoom(folder, most));
        const file = await open(draft, 'wx', 0o600);
        await file.writeFile(chunk).finally(() => file.close());
        await rename(draft, fileOf(name));
        kept = kept?.then((now) => now + 1);
      } catch {
        kept = undefined;
        await unlink(draft).catch(() => undefined);
      }
    },
  };
}

/** Takes a tenth of the chunks away, the least lately used; answers how many are left. */
async function makeRoom(folder: string, most: number): Promise<number> {
  const names = (await readdir(folder)).filter(isContentName);
  const ages: { name: string; usedAt: number }[] = [];
  for (const name of names) {
    const found = await stat(path.join(folder, name)).catch(() => undefined);
    if (found) ages.push({ name, usedAt: found.mtimeMs });
  }
  ages.sort((a, b) => a.usedAt - b.usedAt);
  const gone = ages.slice(0, Math.max(0, ages.length - most) + Math.ceil(most / 10));
  for (const { name } of gone) await unlink(path.join(folder, name)).catch(() => undefined);
  return ages.length - gone.length;
}
