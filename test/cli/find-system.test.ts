import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { apiAddress, findSystem } from '../../cli/connection/find-system';
import { readProfiles, writeProfiles } from '../../cli/connection/profiles';

const KEY = 'the-key-of-the-test';
let home: string;
const before = { ...process.env };
beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'vmbackup-profiles-'));
  process.env.XDG_CONFIG_HOME = home;
  // Nothing runs above this folder.
  process.env.INIT_CWD = home;
});
afterEach(() => {
  process.env = { ...before };
  rmSync(home, { recursive: true });
});
const file = () => path.join(home, 'vmbackup', 'config.json');

it('an address is completed by what everybody leaves out', () => {
  expect(apiAddress('backup.azurewebsites.net')).toBe('https://backup.azurewebsites.net/api');
  expect(apiAddress('http://127.0.0.1:7071/')).toBe('http://127.0.0.1:7071/api');
  expect(apiAddress('https://one.net/backup/api/')).toBe('https://one.net/backup/api');
  for (const bad of ['https://one.net/api?code=secret', 'http://', 'https://user@one.net/api']) {
    expect(() => apiAddress(bad)).toThrow(expect.objectContaining({ exitCode: 2 }));
  }
});

it('what is named on the command line comes first, then the environment, then the current profile', () => {
  writeProfiles({
    current: 'prod',
    profiles: { prod: { url: 'https://prod.net/api' }, test: { url: 'https://test.net/api' } },
  });
  const env = { VMBACKUP_URL: 'https://env.net/api', VMBACKUP_PROFILE: 'test' };
  expect(findSystem({ url: 'https://named.net/api', profile: 'test' }, env).url).toBe(
    'https://named.net/api',
  );
  expect(findSystem({ profile: 'prod' }, env).url).toBe('https://prod.net/api');
  expect(findSystem({}, env).url).toBe('https://env.net/api');
  expect(findSystem({}, { VMBACKUP_PROFILE: 'test' })).toMatchObject({
    url: 'https://test.net/api',
    because: 'VMBACKUP_PROFILE says so: test',
  });
  expect(() => findSystem({ profile: 'lost' }, {})).toThrow(expect.objectContaining({ exitCode: 2 }));
});

it('the key comes from a variable, a file or a command, and stands in no profile', () => {
  writeFileSync(path.join(home, 'key'), `${KEY}\n`);
  process.env.MY_KEY = KEY;
  const sources = [{ env: 'MY_KEY' }, { file: path.join(home, 'key') }, { command: `echo ${KEY}` }];
  for (const key of sources) {
    writeProfiles({ current: 'prod', profiles: { prod: { url: 'https://prod.net/api', key } } });
    expect(findSystem({ profile: 'prod' }, {}).functionKey).toBe(KEY);
  }
  expect(statSync(file()).mode & 0o077).toBe(0);
});

it('the key of a profile goes to the address of that profile only', () => {
  writeProfiles({
    current: 'prod',
    profiles: { prod: { url: 'https://prod.net/api', key: { command: `echo ${KEY}` } } },
  });
  expect(findSystem({ url: 'https://other.net/api' }, {}).functionKey).toBeUndefined();
});

it('a key that is not there is said, and one that would travel in the open is refused', () => {
  const profile = (url: string, key: { env: string } | { file: string } | { command: string }) => {
    writeProfiles({ profiles: { prod: { url, key } } });
    return () => findSystem({ profile: 'prod' }, {});
  };
  for (const key of [
    { env: 'NOT_SET' },
    { file: '/nowhere/key' },
    { command: 'exit 3' },
    { command: 'true' },
  ]) {
    expect(profile('https://prod.net/api', key)).toThrow(expect.objectContaining({ exitCode: 4 }));
  }
  expect(profile('http://prod.net/api', { command: 'echo k' })).toThrow(
    expect.objectContaining({ exitCode: 2, message: expect.stringContaining('unencrypted') }),
  );
  expect(profile('http://127.0.0.1:1/api', { command: 'echo k' })().functionKey).toBe('k');
});

it.each([
  ['no JSON', 'what'],
  ['another shape', '[]'],
  ['a profile without an address', '{"profiles":{"prod":{}}}'],
  ['a key in the open', '{"profiles":{"prod":{"url":"https://prod.net/api","key":"secret"}}}'],
])('a file of profiles with %s is refused by its name', (_, text) => {
  writeProfiles({ profiles: {} });
  writeFileSync(file(), text);
  expect(() => readProfiles()).toThrow(
    expect.objectContaining({ exitCode: 2, message: expect.stringContaining(file()) }),
  );
});
