import { existsSync } from 'node:fs';
import path from 'node:path';

/** The folder of `host.json`, whether this runs from the sources (tests) or from `dist`. */
export function projectRoot(): string {
  for (let folder = __dirname; ; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, 'host.json'))) return folder;
    if (folder === path.dirname(folder))
      throw new Error('The project folder (with host.json) is not above this file.');
  }
}

/** A compiled program of this project, by its path below `dist`. */
export const compiled = (...segments: string[]): string => path.join(projectRoot(), 'dist', ...segments);
