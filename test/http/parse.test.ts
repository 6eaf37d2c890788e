import { z } from 'zod';
import { jobIdOf, pointIdOf, vmKeyOf } from '../../src/http/keys';
import { parseBody } from '../../src/http/parse';
import { Problem } from '../../src/http/problem';

const Body = z.strictObject({
  target: z.literal('disks'),
  depth: z.strictObject({ days: z.int() }).optional(),
});
const request = (text: string) => ({ text: async () => text });
const refusalOf = async (text: string) => {
  const error = await parseBody(Body, request(text)).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(Problem);
  return (error as Problem).document;
};

test.each([
  ['not JSON', '{"target"', 'body'],
  ['an unknown field', '{"target":"disks","force":true}', 'force'],
  ['a wrong value', '{"target":"moon"}', 'target'],
  ['a wrong value further down', '{"target":"disks","depth":{"days":"many"}}', 'depth.days'],
  ['an unknown field further down', '{"target":"disks","depth":{"days":1,"x":2}}', 'depth.x'],
  ['a list', '[]', 'body'],
])('%s is refused by the name of the field', async (_what, text, field) => {
  expect(await refusalOf(text)).toMatchObject({ status: 400, code: 'InvalidRequest', field });
});

test('a body beyond the bound is refused before it is parsed', async () => {
  expect(await refusalOf(`"${'x'.repeat(70_000)}"`)).toMatchObject({ status: 400, field: 'body' });
});

test.each(['../secret', 'Web-1', '', 'a'.repeat(64), 'web 1', 'web-1/..'])('%p is no key of a VM', (key) => {
  expect(() => vmKeyOf({ vm: key })).toThrow(Problem);
});

test('ids follow their grammar', () => {
  expect(vmKeyOf({ vm: 'web-1-3f2a9c1d' })).toBe('web-1-3f2a9c1d');
  expect(pointIdOf({ point: 'web-1-3f2a9c1d.20260301t020000z' })).toBe('web-1-3f2a9c1d.20260301t020000z');
  expect(jobIdOf({ job: '20260301t020000z-backup-web-1-3f2a9c1d' })).toMatch(/^2026/);
  expect(() => pointIdOf({ point: 'web-1' })).toThrow(Problem);
  expect(() => jobIdOf({ job: 'backup' })).toThrow(Problem);
});
