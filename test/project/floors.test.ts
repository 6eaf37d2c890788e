import { globSync } from 'node:fs';
import { FLOORS, KNOWS_ONLY, PACKAGES, REPLAYED } from './support/floors';
import { circlesIn, houseFaults, roomIn } from './support/house-rules';
import { importsOf, importsOfFile } from './support/imports';
import { PROJECT_ROOT, readSourceFiles } from './support/source-files';

const files = readSourceFiles();
const imports = importsOf(files);

const faultsOfProbe = (path: string, text: string) => houseFaults(importsOfFile(path, text, files));

/** The circles that there would be with these files in the house. */
function circlesWith(probes: [path: string, text: string][]): string[] {
  const house = new Map([...files, ...probes]);
  return circlesIn([...imports, ...probes.flatMap(([path, text]) => importsOfFile(path, text, house))]);
}

describe('the house', () => {
  it('has imports that run downwards only, between rooms of different floors', () => {
    expect(houseFaults(imports)).toEqual([]);
  });

  it('has no circle of files or of folders, even for a type', () => {
    expect(circlesIn(imports)).toEqual([]);
  });

  it('resolves every import of a file to a file', () => {
    const lost = imports.filter(
      ({ isPackage, to }) => !isPackage && !files.has(to) && /\.ts$|\/[^.]*$/.test(to),
    );
    expect(
      lost.filter(({ to }) => !globSync(`${to}{,.json,.cjs,.js}`, { cwd: PROJECT_ROOT }).length),
    ).toEqual([]);
  });

  it('gives every room a floor, and has no floor for a room that is not there', () => {
    for (const [house, floors] of Object.entries(FLOORS)) {
      const rooms = [...files.keys()].flatMap((path) => roomIn(house, path) ?? []);
      expect([house, [...new Set(rooms)].sort()]).toEqual([house, floors.flat().sort()]);
    }
    const paths = [...files.keys()];
    for (const room of [...Object.keys(KNOWS_ONLY), ...Object.values(PACKAGES).flat(), ...REPLAYED]) {
      expect([room, paths.some((path) => path.startsWith(`${room}/`))]).toEqual([room, true]);
    }
  });
});

describe('an import that must not be is found:', () => {
  it.each([
    ['the domain asks what triggers it', 'src/jobs/probe.ts', "import { x } from '../activities/contract';"],
    ['a type from above counts', 'src/vault/points/probe.ts', "import type { Job } from '../../jobs/job';"],
    [
      'a type in passing counts',
      'src/policies/probe.ts',
      "type J = import('../jobs/job').Job;\nexport type { J };",
    ],
    [
      'handing on counts',
      'src/failures/probe.ts',
      "export { connectBlobStore } from '../storage/azure-blob-store';",
    ],
    ['handing everything on counts', 'src/basics/probe.ts', "export * from '../failures/failure';"],
    ['loading later counts', 'src/storage/probe.ts', "export const v = () => import('../vault/vault');"],
    ['require counts', 'src/documents/probe.ts', "export const j = require('../jobs/jobs');"],
    ['the older import counts', 'src/disks/probe.ts', "import v = require('../vault/vault');\nexport { v };"],
    [
      'neighbours know nothing of each other',
      'src/backup/probe.ts',
      "import { due } from '../protection/due';",
    ],
    ['neither do their neighbours', 'src/protection/probe.ts', "import { c } from '../backup/choose-base';"],
    ['nor compute and storage', 'src/compute/arm/probe.ts', "import { s } from '../../storage/blob-store';"],
    [
      'nor documents and the vault',
      'src/vault/format/probe.ts',
      "import { d } from '../../documents/collection';",
    ],
    ['nor restore and api', 'src/restore/probe.ts', "import { p } from '../api/problem';"],
    [
      'the domain throws no HTTP problems',
      'src/protection/probe.ts',
      "import { Problem } from '../api/problem';",
    ],
    ['within compute', 'src/compute/arm/probe.ts', "import { d } from '../vms/discover';"],
    ['within the vault', 'src/vault/format/probe.ts', "import { o } from '../objects/content';"],
    [
      'activities know nothing of orchestration',
      'src/activities/jobs/probe.ts',
      "import { s } from '../../orchestration/steps/call-activity';",
    ],
    [
      'steps do not ask the durable client',
      'src/orchestration/steps/probe.ts',
      "import { a } from '../client/orchestration-state';",
    ],
    [
      'timers know nothing of routes',
      'src/functions/timers/probe.ts',
      "import { a } from '../http/accepted';",
    ],
    [
      'the app knows nothing of the laptop',
      'src/functions/http/probe.ts',
      "import { s } from '../../../local/start/system';",
    ],
    ['nor of the command line', 'src/orchestration/client/probe.ts', "import { v } from '../../../cli/vm';"],
    [
      'nor of benchmarks',
      'src/functions/orchestrators/probe.ts',
      "import { b } from '../../../bench/support/page';",
    ],
    ['nor of its own client', 'src/api/probe.ts', "import { c } from '../../client/api-client';"],
    ['the client knows nothing of the app', 'client/probe.ts', "import { Job } from '../src/jobs/job';"],
    [
      'the emulator knows nothing of the app',
      'local/compute-emulator/probe.ts',
      "import { s } from '../../src/settings';",
    ],
    ['nor of the host', 'local/compute-emulator/probe.ts', "import { h } from '../functions-host';"],
    [
      'the host knows nothing of backups',
      'local/functions-host/probe.ts',
      "import { s } from '../../src/settings';",
    ],
    ['nor of its neighbours', 'local/functions-host/probe.ts', "import { a } from '../azurite/azurite';"],
    [
      'nothing but tests imports tests',
      'bench/vault/probe.ts',
      "import { k } from '../../test/vault/support/backups';",
    ],
    [
      'the domain knows no Functions runtime',
      'src/jobs/probe.ts',
      "import * as df from 'durable-functions';",
    ],
    ['nor its types', 'src/api/probe.ts', "import type { HttpRequest } from '@azure/functions';"],
    [
      'one room talks to blobs',
      'src/documents/probe.ts',
      "import { BlobClient } from '@azure/storage-blob';",
    ],
    ['one room talks to Azure Compute', 'src/backup/probe.ts', "import { C } from '@azure/arm-compute';"],
    [
      'what is loaded by a template',
      'src/storage/probe.ts',
      'export const v = () => import(`../vault/vault`);',
    ],
    [
      'what is loaded is computed',
      'src/storage/probe.ts',
      'export const v = (name: string) => import(name);',
    ],
    ['require by another way', 'src/storage/probe.ts', "export const v = module.require('../vault/vault');"],
    ['a module said to be there', 'src/storage/probe.ts', "declare module '../vault/vault' {}\nexport {};"],
    ['by its path from the root', 'src/jobs/probe.ts', "import { x } from 'src/functions/timers/sweeper';"],
    ['by what is built of it', 'src/jobs/probe.ts', "import { x } from 'dist/src/functions/timers/sweeper';"],
    [
      'by the name of the package',
      'src/jobs/probe.ts',
      "import { x } from 'durable-vm-backup/dist/src/services';",
    ],
    ['in a mock', 'bench/probe.ts', "jest.mock('../test/vault/support/backups');"],
    ['a room without a floor', 'src/attic/probe.ts', "import { sumOf } from '../basics/sum-of';"],
  ])('%s', (_what, path, text) => {
    expect(faultsOfProbe(path, text)).toHaveLength(1);
  });

  it.each([
    ['downwards', 'src/jobs/probe.ts', "import { backupError } from '../failures/failure';"],
    ['within a room', 'src/jobs/probe.ts', "import type { Job } from './job';"],
    ['from the tests', 'test/jobs/probe.ts', "import { startSystem } from '../../local/start/system';"],
  ])('but not one that may be: %s', (_what, path, text) => {
    expect(faultsOfProbe(path, text)).toEqual([]);
  });

  it('a circle of files, for a type alone', () => {
    const circle = circlesWith([
      ['src/jobs/probe-a.ts', "import type { B } from './probe-b';"],
      ['src/jobs/probe-b.ts', "import type { A } from './probe-a';"],
    ]);
    expect(circle).toEqual(['src/jobs/probe-a.ts ↔ src/jobs/probe-b.ts']);
  });

  it('a circle of folders whose files make none', () => {
    const circle = circlesWith([
      ['bench/probe-a/one.ts', "import { t } from '../probe-b/two';"],
      ['bench/probe-b/two.ts', ''],
      ['bench/probe-b/three.ts', "import { f } from '../probe-a/four';"],
      ['bench/probe-a/four.ts', ''],
    ]);
    expect(circle).toEqual(['bench/probe-a ↔ bench/probe-b']);
  });
});
