import { z } from 'zod';
import { PARAMS } from '../../src/api/keys';
import { parse, parseBody } from '../../src/api/parse';
import { Problem } from '../../src/api/problem';

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
  expect(() => parse(PARAMS.vm, key, 'vm')).toThrow(Problem);
});

test.each([
  ['vm', 'web-1-3f2a9c1d'],
  ['point', 'web-1-3f2a9c1d.20260301t020000z'],
  ['job', '20260301t020000z-backup-web-1-3f2a9c1d'],
  ['job', '20260301t020000z-maintenance'],
] as const)('an id of a %s follows its grammar: %s', (name, id) => {
  expect(parse(PARAMS[name], id, name)).toBe(id);
});

test.each([
  ['point', 'web-1'],
  ['job', 'backup'],
  ['job', '20261399t020000z-backup-web-1'],
  ['job', '20260301t020000z-deletion-web-1'],
] as const)('what is no id of a %s is refused: %s', (name, id) => {
  expect(() => parse(PARAMS[name], id, name)).toThrow(Problem);
});
