import { readFileSync } from 'node:fs';
import { CATALOGUE } from '../../src/failures/catalogue';
import { ANSWERED, REFUSED_BY_STORAGE } from './remedies/answers';
import { BACKUPS, PASSING_BACKUPS } from './remedies/backups';
import { ELSEWHERE, NOBODY_CAN } from './remedies/elsewhere';
import { PASSING_RESTORES, RESTORES } from './remedies/restores';

const entries = Object.entries(CATALOGUE);
const API = readFileSync('docs/openapi.json', 'utf8');
const SETTINGS = readFileSync('src/settings.ts', 'utf8') + readFileSync('docs/operations.md', 'utf8');

/** Remedies send people to fields, routes and settings: each of them exists. */
describe('a remedy', () => {
  it.each(
    entries.flatMap(([code, { remedy }]) =>
      [...remedy.matchAll(/"([A-Za-z][A-Za-z-]*)"(?:: (?:"([a-z]+)"|true|false))?/g)].map(
        ([, field = '', value]) => [code, field, value] as const,
      ),
    ),
  )('of %s names "%s", which the API has', (_code, field, value) => {
    expect(API).toContain(`"${field}"`);
    if (value) expect(API).toContain(`"${value}"`);
  });

  it.each(
    entries.flatMap(([code, { remedy }]) =>
      [...remedy.matchAll(/settings? (?!of )((?:[A-Z]\w+)(?: and [A-Z]\w+)*)/g)].flatMap(([, names = '']) =>
        names.split(' and ').map((name) => [code, name] as const),
      ),
    ),
  )('of %s names the setting %s, which there is', (_code, name) => {
    expect(SETTINGS).toContain(name);
  });

  it.each(
    entries.flatMap(([code, { remedy }]) =>
      [...remedy.matchAll(/(?:GET|PUT|POST|DELETE) \/api(\/[\w{}/-]+)/g)].map(
        ([, route = '']) => [code, route] as const,
      ),
    ),
  )('of %s names the route %s, which there is', (_code, route) => {
    expect(API).toContain(`"${route}"`);
  });

  it('that says to do nothing is for what is tried again, or for what has been got round', () => {
    const idle = entries.filter(
      ([, { remedy, retryable }]) => remedy.startsWith('Nothing: it is tried') && !retryable,
    );
    expect(idle.map(([code]) => code)).toEqual([]);
  });
});

/** Of each cause a test follows the remedy, and the next run succeeds; where none can, it is said why. */
describe('a remedy is followed', () => {
  const here = [...BACKUPS, ...PASSING_BACKUPS, ...RESTORES, ...PASSING_RESTORES, ...ANSWERED];
  const followed = new Set<string>([
    ...here.map(({ code }) => code),
    ...REFUSED_BY_STORAGE.map(([code]) => code),
    ...Object.keys(ELSEWHERE),
  ]);

  it.each(entries.map(([code]) => code))('%s: by one test, or there is a reason why not', (code) => {
    expect([followed.has(code), code in NOBODY_CAN].filter(Boolean)).toHaveLength(1);
  });

  it.each(Object.entries(ELSEWHERE))('%s: by a test that is there', (_code, [file, test]) => {
    expect(readFileSync(`test/${file}`, 'utf8')).toContain(test);
  });

  it('by almost all', () => {
    expect(Object.keys(NOBODY_CAN).length).toBeLessThanOrEqual(10);
  });
});
