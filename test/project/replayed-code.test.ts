import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { importsOf, importsOfFile } from './support/imports';
import { replayedFiles, replayFaults } from './support/replayed-code';
import { PROJECT_ROOT, readSourceFiles } from './support/source-files';

const files = readSourceFiles();
const imports = importsOf(files);

describe('what is replayed', () => {
  it('does the same again, with everything that it calls, down to the ground', () => {
    const faults = replayedFiles(files, imports).flatMap((path) =>
      replayFaults(path, files.get(path) ?? '', imports),
    );
    expect(faults).toEqual([]);
  });

  it('is all orchestrators, all their steps, and what those reach', () => {
    const replayed = replayedFiles(files, imports);
    expect(replayed).toEqual(
      expect.arrayContaining([
        'src/functions/orchestrators/backup-vm.ts',
        'src/orchestration/steps/call-activity.ts',
        'src/failures/failure.ts',
        'src/basics/retry-delay.ts',
      ]),
    );
    expect(replayed.filter((path) => path.startsWith('src/activities'))).toEqual([]);
  });

  it.each([
    ['the clock', 'export const now = () => new Date();'],
    ['the clock in another way', 'export const now = () => Date.now();'],
    ["luxon's clock", "import { DateTime } from 'luxon';\nexport const now = () => DateTime.now();"],
    ['randomness', 'export const dice = () => Math.random();'],
    ['the environment', 'export const home = () => process.env.HOME;'],
    ['timers of the process', 'export const later = (f: () => void) => setTimeout(f, 1);'],
    ['files', "import { readFileSync } from 'node:fs';\nexport const read = readFileSync;"],
    ['files by the old name', "import * as fs from 'fs';\nexport const read = fs.readFileSync;"],
    ['an Azure SDK', "import { BlobClient } from '@azure/storage-blob';\nexport const client = BlobClient;"],
    ['the clock under another name', 'const D = Date;\nexport const now = () => D.now();'],
    ['the clock in pieces', 'const { now } = Date;\nexport const at = now;'],
    ['the clock without new', 'export const now = () => Date();'],
    ['the clock in brackets', "export const now = () => Date['now']();"],
    ['the clock with nothing in it', 'export const now = (none: []) => new Date(...none);'],
    ['the clock of a class below it', 'export class Now extends Date {}'],
    ['randomness in brackets', "export const dice = () => Math['random']();"],
    ['randomness in pieces', 'const { random } = Math;\nexport const dice = random;'],
    ['the environment by its other name', 'export const home = () => global.process.env.HOME;'],
    ['what a text says', "export const now = new Function('return Date.now()');"],
    ['the zone of the machine', 'export const now = () => new Intl.DateTimeFormat().format();'],
    ['promises', 'export async function later() { return 1; }'],
    ['what it loads when it runs', "export const fs = () => import('node:fs');"],
    ['what it requires', 'export const fs = require(`node:fs`);'],
  ])('may not use %s, however far down', (_what, text) => {
    const path = 'src/basics/probe.ts';
    expect(replayFaults(path, text, importsOfFile(path, text, files))).not.toEqual([]);
  });

  it('may reckon with moments that it was given', () => {
    const text =
      'export const later = (from: Date) => new Date(from.getTime() + Math.max(1, Date.parse("2026-01-01")));';
    expect(replayFaults('src/basics/probe.ts', text, [])).toEqual([]);
  });
});

/**
 * Lints `code` as if it stood in the project under `path`, in a folder of its own: the sources are what other
 * tests read.
 */
function lint(path: string, code: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'lint-'));
  const file = join(folder, path);
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, code);
    copyFileSync(join(PROJECT_ROOT, 'biome.json'), join(folder, 'biome.json'));
    const { stdout, stderr } = spawnSync(
      process.execPath,
      [
        join(PROJECT_ROOT, 'node_modules/@biomejs/biome/bin/biome'),
        'lint',
        '--vcs-enabled=false',
        '--only=style/noRestrictedGlobals',
        '--only=style/noRestrictedImports',
        path,
      ],
      { cwd: folder, encoding: 'utf8' },
    );
    return stdout + stderr;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('the linter keeps from orchestrators and from every step of one', () => {
  const everything = [
    "import * as a from 'fs';",
    "import * as b from 'node:fs';",
    "import * as c from 'luxon';",
    "import * as d from '@azure/storage-blob';",
    "import * as e from '../../services';",
    'export const all = [a, b, c, d, e, new Date(), Math.random(), process.env, setTimeout, fetch, console];',
  ].join('\n');

  it.each(['src/functions/orchestrators/fence-probe.ts', 'src/orchestration/steps/fence-probe.ts'])(
    'clocks, chance, the environment, timers, files and services: %s',
    (path) => {
      const told = lint(path, everything);
      expect(told.match(/noRestrictedImports/g)).toHaveLength(5);
      expect(told.match(/noRestrictedGlobals/g)).toHaveLength(6);
    },
  );

  it('but not what they need', () => {
    const path = 'src/orchestration/steps/fence-probe.ts';
    const code = "import { noSoonerThan } from '../../basics/time';\nexport const later = noSoonerThan;";
    expect(lint(path, code)).not.toMatch(/noRestricted/);
  });
});
