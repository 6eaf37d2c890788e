import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '..', '..');
const settings = JSON.parse(readFileSync(join(root, 'local.settings.json'), 'utf8')) as {
  IsEncrypted: boolean;
  Values: Record<string, string>;
};

test('the committed settings hold development values only', () => {
  expect(settings.IsEncrypted).toBe(false);
  for (const [name, value] of Object.entries(settings.Values)) {
    expect(`${name}=${value}`).not.toMatch(/AccountKey|SharedAccessSignature|sig=|password|secret/i);
    if (/^https?:/.test(value)) expect(new URL(value).hostname).toBe('127.0.0.1');
    if (/Storage$/.test(name)) expect(value).toBe('UseDevelopmentStorage=true');
  }
});

test('deployments leave the development settings at home', () => {
  const ignored = readFileSync(join(root, '.funcignore'), 'utf8').split('\n');
  expect(ignored).toEqual(expect.arrayContaining(['local.settings.json', 'local', 'test']));
});
