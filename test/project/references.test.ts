import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FLOORS } from './support/floors';
import { PROJECT_ROOT, readSourceFiles } from './support/source-files';

const read = (path: string) => readFileSync(join(PROJECT_ROOT, path), 'utf8');
const pages = globSync('{*.md,docs/**/*.md,local/**/*.md}', { cwd: PROJECT_ROOT });

/** What looks like a path of the project from its root, in prose. */
const PATH = /(?<![\w/.-])(?:src|client|local|direct|nbd|cli|tools|bench|test|docs|infra)\/[\w./-]*[\w/]/g;

const pathsIn = (text: string) => [...text.matchAll(PATH)].map(([path]) => path.replace(/\/$/, ''));
/** Work folders are made when they are needed. */
const isThere = (path: string) => path === 'bench/out' || existsSync(join(PROJECT_ROOT, path));

test.each(pages)('every path that %s names is there', (page) => {
  expect(pathsIn(read(page)).filter((path) => !isThere(path))).toEqual([]);
});

test('every path that a comment names is there', () => {
  const lost = [...readSourceFiles()].flatMap(([file, text]) =>
    [...text.matchAll(/^ *\/\*\*[\s\S]*?\*\/|^ *\/\/.*$/gm)]
      .flatMap(([comment]) => pathsIn(comment))
      .filter((path) => !isThere(path))
      .map((path) => `${file}: ${path}`),
  );
  expect(lost).toEqual([]);
});

test('CONTRIBUTING names every room of the house, and no other', () => {
  const rows = [...read('CONTRIBUTING.md').matchAll(/^\| `([\w./-]+)` \| [^|]+ \|$/gm)].map(
    ([, room]) => room,
  );
  const roomsOf = (house: string) =>
    (FLOORS[house] ?? [])
      .flat()
      .filter((room) => room !== '.')
      .map((room) => (house ? `${house}/${room}` : room));
  const withFile = (room: string) => (isThere(`${room}.ts`) ? `${room}.ts` : room);
  const rooms = ['src', 'src/compute', 'src/vault', 'local', ''].flatMap(roomsOf).map(withFile);
  expect(rows.sort()).toEqual(rooms.filter((room) => room !== 'src' && room !== 'local').sort());
});

test('CONTRIBUTING tells in which file to begin, for each thing that newcomers change', () => {
  const [, table = ''] = /### Where to begin\n([\s\S]*?)\n##/.exec(read('CONTRIBUTING.md')) ?? [];
  const tasks = table.split('\n').filter((row) => /^\| .*`(src|local|nbd|cli)\//.test(row));
  expect(tasks).toHaveLength(18);
  for (const task of tasks) expect(pathsIn(task).every(isThere)).toBe(true);
});
