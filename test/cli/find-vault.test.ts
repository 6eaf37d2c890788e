import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseSize } from '../../cli/command/parse-size';
import { findVault, namedVault } from '../../cli/connection/find-vault';
import { writeProfiles } from '../../cli/connection/profiles';
import { byteProgress } from '../../cli/direct/byte-progress';

let home: string;
const before = { ...process.env };
beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'vmbackup-vaults-'));
  process.env.XDG_CONFIG_HOME = home;
  // Nothing runs above this folder.
  process.env.INIT_CWD = home;
});
afterEach(() => {
  process.env = { ...before };
  rmSync(home, { recursive: true });
});

describe('the vault that is meant', () => {
  it('is the one on the command line, then a system named there, then that of the environment', () => {
    const env = { VMBACKUP_VAULT: '/copy' };
    expect(findVault({ vault: '/other' }, env)).toEqual({ address: '/other', because: '--vault says so' });
    expect(findVault({}, env).address).toBe('/copy');
    writeProfiles({ profiles: { prod: { url: 'https://prod.net/api', vault: 'https://prod.net/vault' } } });
    expect(findVault({ profile: 'prod' }, env).address).toBe('https://prod.net/vault');
    expect(namedVault({ profile: 'prod' }, env)).toBeUndefined();
    expect(namedVault({}, {})).toBeUndefined();
  });

  it('is that of the current profile when nothing runs here', () => {
    const prod = { url: 'https://prod.net/api', vault: 'https://prod.net/vault' };
    writeProfiles({ current: 'prod', profiles: { prod } });
    expect(findVault({}, {})).toEqual({ address: prod.vault, because: 'it is the current profile: prod' });
    expect(findVault({}, { VMBACKUP_PROFILE: 'prod' }).address).toBe(prod.vault);
  });

  it.each([
    ['nothing is named', {}, {}],
    ['only an API is named', { url: 'https://prod.net/api' }, {}],
    ['only an API is named by the environment', {}, { VMBACKUP_URL: 'https://prod.net/api' }],
    ['the profile does not say', { profile: 'prod' }, {}],
  ])('is asked for when %s', (_, asked, env) => {
    writeProfiles({ profiles: { prod: { url: 'https://prod.net/api' } } });
    expect(() => findVault(asked, env)).toThrow(
      expect.objectContaining({ exitCode: 2, remedy: expect.stringContaining('--vault URL|FOLDER') }),
    );
  });
});

it('sizes are given as people give them', () => {
  const sizes = ['64M', '2 GiB', '1.5k', '4096', '1t'];
  expect(sizes.map(parseSize)).toEqual([64 * 2 ** 20, 2 ** 31, 1536, 4096, 2 ** 40]);
  for (const bad of ['', 'much', '-1', '0', '1X', '999999999T'])
    expect(() => parseSize(bad)).toThrow('Give a size');
});

it('progress is drawn over and over on a terminal, and one line elsewhere', () => {
  const shown: string[] = [];
  const write = (text: unknown) => {
    shown.push(String(text));
    return true;
  };
  const elsewhere = byteProgress('web-1/os', { isTTY: false, columns: 0, write });
  elsewhere.update(1, 2);
  elsewhere.end();
  expect(shown.splice(0)).toEqual(['web-1/os\n']);
  const terminal = byteProgress('web-1/os', { isTTY: true, columns: 80, write });
  terminal.update(2 ** 20, 2 ** 21);
  expect(shown.join('').replace('\r\u001b[2K', '<')).toMatch(
    /^<web-1\/os {2}1 MiB of 2 MiB {2}50 % {2}[\d.]+ .iB\/s {2}\d+ s left$/,
  );
  terminal.end();
  expect(shown.at(-1)).toBe('\r\u001b[2K');
});
