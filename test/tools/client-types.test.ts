import { clientTypes, type OpenApi } from '../../tools/api-types/client-types';
import { formatCode } from '../../tools/api-types/format-code';

const json = (schema: object) => ({ content: { 'application/json': { schema } } });
const colour = { type: 'string', enum: ['red', 'blue'] };
const thing = (extra = {}) => ({
  type: 'object',
  properties: { id: { type: 'string' }, colour, ...extra },
  required: ['id'],
});
const colourIn = (place: string) => ({
  name: 'colour',
  in: place,
  description: 'Only these.',
  schema: colour,
});
const id = { name: 'id', in: 'path', required: true, schema: { type: 'string' } };

const document = (): OpenApi => ({
  paths: {
    '/things/{id}': {
      put: {
        operationId: 'putThing',
        summary: 'Makes a thing',
        parameters: [id, { name: 'If-Match', in: 'header', schema: { type: 'string' } }],
        requestBody: json(thing({ colour: { default: 'red', ...colour } })),
        responses: { 200: json(thing()), default: json({ type: 'object' }) },
      },
      delete: {
        operationId: 'deleteThing',
        summary: 'Deletes a thing',
        parameters: [id],
        responses: { 202: json({ type: 'boolean' }), 204: {} },
      },
    },
    '/things': {
      get: {
        operationId: 'listThings',
        summary: 'All things',
        parameters: [colourIn('query')],
        responses: {
          200: json({ type: 'object', properties: { things: { type: 'array', items: thing() } } }),
        },
      },
    },
  },
  components: {
    schemas: { Problem: { type: 'object', description: 'What went wrong.', properties: { code: {} } } },
  },
});

const NAMES = { Thing: 'listThings.answer.things.[]', Colour: 'putThing.body.colour' };

describe('the types of an API', () => {
  it('are a declaration of each name, and what each operation takes and gives', () => {
    expect(
      formatCode(clientTypes(document(), NAMES), 'client/x.ts'),
    ).toBe(`export type Colour = 'red' | 'blue';

/** What went wrong. */
export interface Problem {
  code?: unknown;
}

export interface Thing {
  id: string;
  colour?: Colour;
}

/** What each operation takes and gives, by its id. */
export interface Operations {
  /**
   * Deletes a thing.
   * \`DELETE /things/{id}\`
   */
  deleteThing: {
    params: {
      id: string;
    };
    answer: boolean | undefined;
  };

  /**
   * All things.
   * \`GET /things\`
   */
  listThings: {
    query: {
      /** Only these. */
      colour?: Colour;
    };
    answer: {
      things?: Thing[];
    };
  };

  /**
   * Makes a thing.
   * \`PUT /things/{id}\`
   */
  putThing: {
    params: {
      id: string;
    };
    headers: {
      'If-Match'?: string;
    };
    body: {
      id: string;
      /** By default \`"red"\`. */
      colour?: Colour;
    };
    answer: Thing;
  };
}

/** How to ask for each operation. */
export interface OperationEntry {
  method: string;
  /** Below the base address of the API. */
  path: string;
  /** Whether an \`Idempotency-Key\` makes a repeat do nothing twice. */
  takesKey: boolean;
}

export const OPERATIONS: Readonly<Record<keyof Operations, OperationEntry>> = {
  deleteThing: { method: 'DELETE', path: '/things/{id}', takesKey: false },
  listThings: { method: 'GET', path: '/things', takesKey: false },
  putThing: { method: 'PUT', path: '/things/{id}', takesKey: false },
};
`);
  });

  it.each([
    ['an operation that is gone', { X: 'getThing.answer' }, 'nothing at getThing.answer'],
    ['a field that is gone', { X: 'putThing.body.size' }, 'nothing at putThing.body.size'],
    ['a body where there is none', { X: 'listThings.body' }, 'nothing at listThings.body'],
    ['equal schemas', { ...NAMES, Paint: 'putThing.answer.colour' }, 'Paint is Colour already'],
    ['a name that the document gives', { Problem: 'putThing.answer' }, 'Problem is there already'],
  ])('are refused with a name for %s', (_, names, words) => {
    expect(() => clientTypes(document(), names)).toThrow(words);
  });

  it('are refused where clients could not tell two things of an operation apart', () => {
    const twice = document();
    twice.paths['/things/{id}']?.put?.parameters.push({ ...id, in: 'query' });
    expect(() => clientTypes(twice, NAMES)).toThrow('putThing takes two things of one name');
  });
});
