import { cpSync, globSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { transformFileSync } from '@swc/core';

const SOURCES = join(__dirname, '../../../../local/functions-host');

/**
 * Compiles the host into a temporary folder, for tests that need it as a process of its own.
 * It has no dependencies, so it runs from anywhere.
 * @returns the folder, which the caller removes, and the path of the command line.
 */
export function compileHost(): { folder: string; main: string } {
  const folder = mkdtempSync(join(tmpdir(), 'functions-host-built-'));
  for (const file of globSync('**/*.{ts,mjs}', { cwd: SOURCES })) {
    const target = join(folder, file.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(target), { recursive: true });
    if (file.endsWith('.mjs')) cpSync(join(SOURCES, file), target);
    else {
      const { code } = transformFileSync(join(SOURCES, file), {
        swcrc: false,
        jsc: { target: 'es2023', parser: { syntax: 'typescript' } },
        module: { type: 'commonjs', ignoreDynamic: true },
      });
      writeFileSync(target, code);
    }
  }
  return { folder, main: join(folder, 'main.js') };
}
