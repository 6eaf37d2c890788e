import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';

/** Only this folder is ever emptied, wherever somebody says that the work shall lie. */
const NAME = 'bench-work';

/** Runs `work` in a new folder of its own below `parent`, which is gone afterwards. */
export async function inWorkFolder<T>(parent: string, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = path.join(parent, NAME);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
