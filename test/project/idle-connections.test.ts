import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from './support/source-files';

/**
 * A server that ends a connection because nothing came on it meets, one day, a client that sends its next
 * request just then.
 */
test('every HTTP server of this repository leaves idle connections to its clients', () => {
  const read = (file: string) => readFileSync(join(PROJECT_ROOT, file), 'utf8');
  const sources = globSync('{src,client,nbd,direct,local,cli,tools,bench,test}/**/*.{ts,cjs}', {
    cwd: PROJECT_ROOT,
  });
  const makers = sources.filter((file) => /\bcreateServer\b[^;]*from 'node:http';/.test(read(file)));
  expect(makers.length).toBeGreaterThan(2);
  expect(makers.filter((file) => !/\bkeepAliveTimeout: 0\b/.test(read(file)))).toEqual([]);
});
