import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const root = path.join(__dirname, '..', '..');

function run(tool: string, args: string[]): { status: number | null; output: string } {
  const program = path.join(root, 'node_modules', tool);
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { cwd: root });
  return { status, output: `${stdout}${stderr}` };
}

/** Compiles against what browsers have, and nothing of Node. */
const compile = (...files: string[]) =>
  run('typescript/bin/tsc', [
    ...['--ignoreConfig', '--noEmit', '--strict', '--types', '', '--lib', 'es2023,dom,dom.iterable'],
    ...['--module', 'esnext', '--moduleResolution', 'bundler', ...files],
  ]);

/** Writes a file, looks at it, and removes it again. */
function withFile<T>(file: string, code: string, look: (file: string) => T): T {
  writeFileSync(file, code);
  try {
    return look(file);
  } finally {
    rmSync(file);
  }
}

describe('the client of the API', () => {
  it('needs nothing that a browser has not', () => {
    const files = ['api-client', 'all-pages', 'is-over', 'format-bytes'].map((name) => `client/${name}.ts`);
    expect(compile(...files)).toEqual({ status: 0, output: '' });
  });

  it('would be found out if it did', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'browser-test-'));
    const code = "import { hostname } from 'node:os';\nexport const both = [hostname, process.env.KEY];";
    const { output } = withFile(path.join(folder, 'probe.ts'), code, compile);
    rmSync(folder, { recursive: true });
    expect(output).toContain("'node:os'");
    expect(output).toContain("'process'");
  });

  it('cannot import the app, nor what only exists beside it', () => {
    const modules = ['src/failures/failure', 'local/start/part', 'cli/running-system', 'tools/failures-page'];
    const imports = modules.map((module, index) => `export * as m${index} from '../${module}';`);
    const lint = (file: string) => run('@biomejs/biome/bin/biome', ['lint', '--vcs-enabled=false', file]);
    const { output } = withFile(path.join(root, 'client', 'fence-probe.ts'), imports.join('\n'), lint);
    expect(output.match(/noRestrictedImports/g)).toHaveLength(modules.length);
  });
});
