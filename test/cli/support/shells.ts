import { execFile, spawnSync } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

export const SHELLS_TRIED = ['bash', 'zsh', 'fish'] as const;
export type TriedShell = (typeof SHELLS_TRIED)[number];

/** What `.ci/install-shells` brings and is not here. */
export const missingShells = (): TriedShell[] =>
  SHELLS_TRIED.filter((shell) => spawnSync(shell, ['-c', 'true']).status !== 0);

const MARK = 'offers ';

/** What a shell offers behind a line: whole words, sorted. */
export async function completes(
  shell: TriedShell,
  line: string,
  options: { cwd: string; env: NodeJS.ProcessEnv },
): Promise<string[]> {
  const script = path.join(__dirname, 'fixtures', `offers.${shell}`);
  const { stdout } = await promisify(execFile)(shell, [script, line], options);
  // Readline replaces only what comes after the last "@", "=" or ":" of a word.
  const begun = shell === 'bash' ? (/[^ ]*[@=:]/.exec(line.split(' ').at(-1) ?? '')?.[0] ?? '') : '';
  const offered = stdout
    .split(/[\r\n]+/)
    .filter((text) => text.startsWith(MARK))
    .map((text) => text.slice(MARK.length).split('\t')[0] ?? '')
    .filter((text) => text !== '');
  return [...new Set(offered.map((text) => `${begun}${text}`))].sort();
}
