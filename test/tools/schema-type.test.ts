import { docComment, type Schema, structureOf, typeOf } from '../../tools/api-types/schema-type';

const TEXT: Schema = { type: 'string' };
const nobody = () => undefined;

describe('the type of a JSON schema', () => {
  it.each<[string, Schema & Record<string, unknown>, string]>([
    ['text', { type: 'string', pattern: '^a$', format: 'date-time' }, 'string'],
    ['a number', { type: 'number' }, 'number'],
    ['a whole number', { type: 'integer', minimum: 1, maximum: 9 }, 'number'],
    ['yes or no', { type: 'boolean' }, 'boolean'],
    ['anything', {}, 'unknown'],
    ['anything that somebody described', { description: 'x', default: 1 }, 'unknown'],
    ['one text', { type: 'string', const: 'daily' }, '"daily"'],
    ['one number', { const: 7 }, '7'],
    ['nothing at all', { const: null }, 'null'],
    ['some texts', { type: 'string', enum: ["it's", '"b"'] }, String.raw`"it's" | "\"b\""`],
    ['texts of two grammars', { anyOf: [TEXT, { ...TEXT, description: 'b' }] }, 'string'],
    ['one of several', { oneOf: [TEXT, { type: 'number' }] }, 'string | number'],
    ['any of several', { anyOf: [TEXT, { type: 'null' }] }, 'string | null'],
    ['several types', { type: ['integer', 'null'] }, 'number | null'],
    ['a list', { type: 'array', items: TEXT, minItems: 1 }, '(string)[]'],
    ['a list of several', { type: 'array', items: { anyOf: [TEXT, { type: 'null' }] } }, '(string | null)[]'],
    ['a list of anything', { type: 'array' }, '(unknown)[]'],
    ['an object', { type: 'object', properties: { a: TEXT }, required: ['a'] }, '{\na: string;\n}'],
    ['what may be left out', { type: 'object', properties: { a: TEXT } }, '{\na?: string;\n}'],
    ['a name with signs', { type: 'object', properties: { 'If-Match': TEXT } }, '{\n"If-Match"?: string;\n}'],
    ['an object without fields', { type: 'object', additionalProperties: false }, 'Record<string, never>'],
    [
      'a record',
      { type: 'object', propertyNames: TEXT, additionalProperties: TEXT },
      'Record<string, string>',
    ],
    ['a record of anything', { type: 'object', additionalProperties: true }, 'Record<string, unknown>'],
    [
      'an object with fields of others',
      { type: 'object', properties: { a: TEXT }, additionalProperties: {} },
      '{\na?: string;\n[other: string]: unknown;\n}',
    ],
    ['a reference', { $ref: '#/components/schemas/Problem' }, 'Problem'],
  ])('%s', (_, schema, type) => {
    expect(typeOf(schema, nobody)).toBe(type);
  });

  it('tells what a field is for, and what holds where it is left out', () => {
    const properties = {
      a: { type: 'string', description: 'Its name.' },
      b: { type: 'boolean', description: 'Whether.', default: false },
      c: { type: 'number', default: 3 },
    };
    expect(typeOf({ type: 'object', properties, required: ['a', 'c'] }, nobody)).toBe(
      '{\n/** Its name. */\na: string;\n/**\n * Whether.\n * By default `false`.\n */\nb?: boolean;\nc: number;\n}',
    );
  });

  it('is the name of what is declared elsewhere, wherever it is, but not of what is being declared', () => {
    const nameOf = (schema: Schema) => (schema.enum ? 'State' : schema.properties ? 'Thing' : undefined);
    const state: Schema = { enum: ['a', 'b'] };
    const thing: Schema = {
      type: 'object',
      properties: {
        now: state,
        all: { type: 'array', items: state },
        one: { anyOf: [state, { type: 'null' }] },
      },
    };
    expect(typeOf(thing, nameOf)).toBe('Thing');
    expect(structureOf(thing, nameOf)).toBe('{\nnow?: State;\nall?: (State)[];\none?: State | null;\n}');
  });

  it.each<[string, object]>([
    ['allOf', { allOf: [TEXT, TEXT] }],
    ['not', { type: 'string', not: { const: 'a' } }],
    ['prefixItems', { type: 'array', prefixItems: [TEXT] }],
    ['a type of nobody', { type: 'date' }],
  ])('is refused for a schema that says more than it understands: %s', (_, schema) => {
    expect(() => typeOf({ type: 'object', properties: { a: schema } }, nobody)).toThrow('no type for');
  });
});

test('a comment never ends before its text does', () => {
  expect(docComment('vms/*/x')).toBe('/** vms/* /x */\n');
  expect(docComment(undefined)).toBe('');
});
