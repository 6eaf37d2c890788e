import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const root = path.join(__dirname, '..', '..');

/** Compiles against what browsers have, and nothing of Node. */
function compile(...files: string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      path.join(root, 'node_modules/typescript/bin/tsc'),
      '--ignoreConfig',
      '--noEmit',
      '--strict',
      '--types',
      '',
      '--lib',
      'es2023,dom,dom.iterable',
      '--module',
      'esnext',
      '--moduleResolution',
      'bundler',
      ...files,
    ],
    { cwd: root },
  );
  return { status, output: `${stdout}${stderr}` };
}

describe('the client of the API', () => {
  it('needs nothing that a browser has not', () => {
    const files = ['api-client', 'all-pages', 'is-over', 'format-bytes'].map((name) => `client/${name}.ts`);
    expect(compile(...files)).toEqual({ status: 0, output: '' });
  });

  it('would be found out if it did', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'browser-test-'));
    const probe = path.join(folder, 'probe.ts');
    writeFileSync(
      probe,
      "import { hostname } from 'node:os';\nexport const both = [hostname, process.env.KEY];",
    );
    const { output } = compile(probe);
    rmSync(folder, { recursive: true });
    expect(output).toContain("'node:os'");
    expect(output).toContain("'process'");
  });
});
