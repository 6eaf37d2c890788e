import { readFileSync } from 'node:fs';
import { CATALOGUE } from '../../src/failures/catalogue';

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
