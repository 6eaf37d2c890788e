import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The text of source files by path from the root of the project, with `/` on every system. */
export type SourceFiles = ReadonlyMap<string, string>;

export const PROJECT_ROOT = join(__dirname, '..', '..', '..');

/** Every TypeScript file of the project but fixtures. */
export function readSourceFiles(): SourceFiles {
  const paths = globSync('{src,client,nbd,direct,local,cli,tools,bench,test}/**/*.ts', { cwd: PROJECT_ROOT })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => !path.includes('/fixtures/'))
    .sort();
  return new Map(paths.map((path) => [path, readFileSync(join(PROJECT_ROOT, path), 'utf8')]));
}
