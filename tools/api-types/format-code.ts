import { spawnSync } from 'node:child_process';

/**
 * TypeScript as this project formats what stands in `file`, a path below the working directory. Throws when
 * it cannot be read.
 */
export function formatCode(code: string, file: string): string {
  const biome = require.resolve('@biomejs/biome/bin/biome');
  const args = [biome, 'format', '--vcs-enabled=false', `--stdin-file-path=${file}`];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { input: code, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${file} cannot be formatted: ${stderr}`);
  return stdout;
}
