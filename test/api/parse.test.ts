import { z } from 'zod';
import { PARAMS } from '../../src/api/keys';
import { parse, parseBody } from '../../src/api/parse';
import { Problem } from '../../src/api/problem';
import { checkRequest } from '../../src/api/route';

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
  expect(await refusalOf(`"${'x'.repeat(70_000)}"`)).toMatchObject({ status: 413, code: 'BodyTooLarge' });
});

describe('a document with several faults', () => {
  test('is refused with all of them, the first one as its field', async () => {
    const refusal = await refusalOf(
      '{"target":"moon","depth":{"days":"many","x":2},"force":true,"colour":"red"}',
    );
    expect(refusal.field).toBe('target');
    expect(refusal.faults?.map(({ field }) => field)).toEqual([
      'target',
      'depth.days',
      'depth.x',
      'force',
      'colour',
    ]);
    expect(refusal.detail).toMatch(/^target: .+; 4 more in faults$/);
  });

  test('names no more of them than a document can bear', async () => {
    const strange = Object.fromEntries(Array.from({ length: 3000 }, (_, index) => [`f${index}`, 1]));
    const refusal = await refusalOf(JSON.stringify({ target: 'disks', ...strange }));
    expect(refusal.faults).toHaveLength(50);
    expect(refusal.detail).toContain('2999 more');
  });
});

test.each([
  ['long', `unheard-of${'x'.repeat(60_000)}`],
  ['made of surrogate pairs', `unheard-of${'😀'.repeat(10_000)}`],
  ['a sentence with a line break', 'unheard-of: fine.\nNothing is wrong"'],
])('the name of a field that is %s is quoted once in what people read, and cut', async (_what, name) => {
  const refusal = await refusalOf(JSON.stringify({ target: 'disks', [name]: 1 }));
  const read = `${refusal.title} ${refusal.detail} ${refusal.remedy}`;
  expect(read.split('unheard-of')).toHaveLength(2);
  expect(read).not.toContain('\n');
  expect(refusal.detail).toMatch(/^".{1,250}": unknown field$/);
  expect(refusal.detail).not.toMatch(/\\ud[89a-f]|\p{Surrogate}/u);
  expect(JSON.stringify(refusal).length).toBeLessThan(2000);
});

describe('the length of a body', () => {
  const checked = (headers: Record<string, string>, method: 'POST' | 'GET' = 'POST') => {
    const text = jest.fn(async () => '');
    const request = { params: {}, query: [], headers: new Headers(headers), text };
    const route = { method, route: 'maintenance', summary: '', answers: {} } as const;
    const refusal = checkRequest(route, request).then(
      () => undefined,
      (error: unknown) => (error as Problem).document.status,
    );
    return { refusal, text };
  };

  test.each(['POST', 'GET'] as const)('is asked for when a %s announces one without it', async (method) => {
    const { refusal, text } = checked({ 'transfer-encoding': 'chunked' }, method);
    expect(await refusal).toBe(411);
    expect(text).not.toHaveBeenCalled();
  });

  test('beyond the bound is refused before anything is read', async () => {
    const { refusal, text } = checked({ 'content-length': '65537' });
    expect(await refusal).toBe(413);
    expect(text).not.toHaveBeenCalled();
  });

  test.each([[{}], [{ 'content-length': '0' }], [{ 'content-length': '65536' }]])(
    '%j is no reason to refuse a request',
    async (headers) => {
      expect(await checked(headers as Record<string, string>).refusal).toBeUndefined();
    },
  );
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
