import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { isAbsent } from './folder-failure';

/**
 * The names below a folder that start with `prefix`, in the order of names, which is not that of a walk:
 * `a.json` lies between `a-1` and `a/b`. Folders that cannot hold any are not looked into.
 */
export async function* folderListing(
  root: string,
  prefix: string,
  startAfter = '',
  below = '',
): AsyncGenerator<string> {
  for (const name of await namesIn(root, below)) {
    const full = below + name;
    if (name.endsWith('/')) {
      const mayHold = full.startsWith(prefix) || prefix.startsWith(full);
      const allBefore = startAfter > full && !startAfter.startsWith(full);
      if (mayHold && !allBefore) yield* folderListing(root, prefix, startAfter, full);
    } else if (full.startsWith(prefix) && full > startAfter) yield full;
  }
}

/** What lies in one folder, sub-folders with a slash behind their names, in the order of names. */
async function namesIn(root: string, below: string): Promise<string[]> {
  const folder = path.join(root, below);
  let entries: Dirent[];
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (below !== '' && isAbsent(error)) return [];
    throw error;
  }
  const names: string[] = [];
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue;
    const kind = entry.isSymbolicLink()
      ? await stat(path.join(folder, entry.name)).catch(() => undefined)
      : entry;
    if (kind?.isDirectory()) names.push(`${entry.name}/`);
    else if (kind?.isFile()) names.push(entry.name);
  }
  return names.sort((a, b) => (a < b ? -1 : 1));
}
