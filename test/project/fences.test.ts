import { spawnSync } from 'node:child_process';
import { globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '..', '..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');

/** Code that stands in the project for as long as the linter looks at it, once for all: what it looks up first takes longest. */
const probes = new Map<string, string>();
let complaints: { category: string; location: { path: string } }[];

/** Has `code` linted as if it stood in a file of its own in `folder`. @returns what finds the rules that it breaks */
function probe(folder: string, code: string, ending = '.ts'): () => string[] {
  const path = `${folder}/fence-probe-${probes.size}${ending}`;
  probes.set(path, code);
  return () =>
    complaints.filter(({ location }) => location.path.endsWith(path)).map(({ category }) => category);
}
const importing = (folder: string, from: string) =>
  probe(folder, `import * as x from '${from}';\nexport const y = x;`);

beforeAll(() => {
  const paths = [...probes.keys()].map((path) => join(root, path));
  try {
    for (const [path, code] of probes) writeFileSync(join(root, path), code);
    const { stdout } = spawnSync(
      process.execPath,
      [
        join(root, 'node_modules/@biomejs/biome/bin/biome'),
        'lint',
        '--vcs-enabled=false',
        '--reporter=json',
        '--max-diagnostics=none',
        ...paths,
      ],
      { cwd: root, encoding: 'utf8' },
    );
    complaints = JSON.parse(stdout).diagnostics;
  } finally {
    for (const path of paths) rmSync(path, { force: true });
  }
});

const IMPORT = 'lint/style/noRestrictedImports';
const GLOBAL = 'lint/style/noRestrictedGlobals';

describe('an orchestrator cannot use', () => {
  const orchestrator = (code: string) => probe('src/functions', code, '.orchestrator.ts');
  test.each([
    ['the clock', GLOBAL, orchestrator('export const now = () => new Date();')],
    ['randomness', GLOBAL, orchestrator('export const dice = () => Math.random();')],
    ['the environment', GLOBAL, orchestrator('export const home = () => process.env.HOME;')],
    [
      'timers of the process',
      GLOBAL,
      orchestrator('export const later = (f: () => void) => setTimeout(f, 1);'),
    ],
    [
      'files',
      IMPORT,
      orchestrator("import { readFileSync } from 'node:fs';\nexport const read = readFileSync;"),
    ],
    [
      'an Azure SDK',
      IMPORT,
      orchestrator("import { BlobClient } from '@azure/storage-blob';\nexport const client = BlobClient;"),
    ],
    [
      'services',
      IMPORT,
      orchestrator("import { services } from '../services';\nexport const all = services;"),
    ],
  ])('%s', (_what, rule, rules) => {
    expect(rules()).toContain(rule);
  });
});

describe('the domain cannot import the Functions runtime, nor what triggers it', () => {
  test.each([
    ['durable-functions', importing('src/jobs', 'durable-functions')],
    ['@azure/functions', importing('src/jobs', '@azure/functions')],
    ['activities', importing('src/jobs', '../activities/contract')],
  ])('%s', (_what, rules) => {
    expect(rules()).toContain(IMPORT);
  });

  const failures = importing('src/jobs', '../failures/failure');
  test('but it can import what it stands on', () => {
    expect(failures()).not.toContain(IMPORT);
  });
});

describe('the app cannot import what only exists on a laptop, and the local parts cannot import the app', () => {
  test.each([
    ['src', importing('src/functions', '../../local/start/part')],
    ['the functions host', importing('local/functions-host', '../../src/settings')],
    ['the compute emulator', importing('local/compute-emulator', '../../src/settings')],
  ])('%s', (_what, rules) => {
    expect(rules()).toContain(IMPORT);
  });
});

/** A server that ends a connection because nothing came on it meets, one day, a client that sends its next request just then. */
test('every HTTP server of this repository leaves idle connections to its clients', () => {
  const sources = globSync('{src,local,cli,bench,test}/**/*.{ts,cjs}', { cwd: root });
  const makers = sources.filter((file) => /\bcreateServer\b[^;]*from 'node:http';/.test(read(file)));
  expect(makers.length).toBeGreaterThan(2);
  expect(makers.filter((file) => !/\bkeepAliveTimeout: 0\b/.test(read(file)))).toEqual([]);
});
