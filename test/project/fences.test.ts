import { spawnSync } from 'node:child_process';
import { globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '..', '..');

const read = (file: string) => readFileSync(join(root, file), 'utf8');

/** Lints `code` as if it stood in the project under `path`. */
function lint(path: string, code: string): string {
  const file = join(root, path);
  writeFileSync(file, code);
  try {
    const { stdout, stderr } = spawnSync(
      process.execPath,
      [join(root, 'node_modules/@biomejs/biome/bin/biome'), 'lint', '--vcs-enabled=false', file],
      { cwd: root, encoding: 'utf8' },
    );
    return stdout + stderr;
  } finally {
    rmSync(file);
  }
}

test.each([
  ['the clock', 'export const now = () => new Date();'],
  ['randomness', 'export const dice = () => Math.random();'],
  ['the environment', 'export const home = () => process.env.HOME;'],
  ['timers of the process', 'export const later = (f: () => void) => setTimeout(f, 1);'],
  ['files', "import { readFileSync } from 'node:fs';\nexport const read = readFileSync;"],
  ['an Azure SDK', "import { BlobClient } from '@azure/storage-blob';\nexport const client = BlobClient;"],
  ['services', "import { services } from '../services';\nexport const all = services;"],
])('an orchestrator cannot use %s', (_what, code) => {
  expect(lint('src/functions/fence-probe.orchestrator.ts', code)).toMatch(/noRestricted(Globals|Imports)/);
});

test('the domain cannot import the Functions runtime, nor what triggers it', () => {
  const probe = (from: string) =>
    lint('src/jobs/fence-probe.ts', `import * as x from '${from}';\nexport const y = x;`);
  expect(probe('durable-functions')).toMatch(/noRestrictedImports/);
  expect(probe('@azure/functions')).toMatch(/noRestrictedImports/);
  expect(probe('../activities/contract')).toMatch(/noRestrictedImports/);
  expect(probe('../failures/failure')).not.toMatch(/noRestrictedImports/);
});

test('the app cannot import what only exists on a laptop, and the local parts cannot import the app', () => {
  const importing = (path: string, from: string) =>
    lint(path, `import * as x from '${from}';\nexport const y = x;`);
  expect(importing('src/functions/fence-probe.ts', '../../local/start/part')).toMatch(/noRestrictedImports/);
  expect(importing('local/functions-host/fence-probe.ts', '../../src/settings')).toMatch(
    /noRestrictedImports/,
  );
  expect(importing('local/compute-emulator/fence-probe.ts', '../../src/settings')).toMatch(
    /noRestrictedImports/,
  );
});

/** A server that ends a connection because nothing came on it meets, one day, a client that sends its next request just then. */
test('every HTTP server of this repository leaves idle connections to its clients', () => {
  const sources = globSync('{src,local,cli,bench,test}/**/*.{ts,cjs}', { cwd: root });
  const makers = sources.filter((file) => /\bcreateServer\b[^;]*from 'node:http';/.test(read(file)));
  expect(makers.length).toBeGreaterThan(2);
  expect(makers.filter((file) => !/\bkeepAliveTimeout: 0\b/.test(read(file)))).toEqual([]);
});
