import { docComment, type NameOf, type Schema, structureOf, typeOf } from './schema-type';

/**
 * What the generator reads of an OpenAPI document; each operation has an id, and no parameter is a reference.
 */
export interface OpenApi {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}

interface Operation {
  operationId: string;
  summary: string;
  parameters: Parameter[];
  requestBody?: { content: Content };
  /** By status; `default` is the problem document of every error. */
  responses: Record<string, { content?: Content }>;
}

interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  description?: string;
  schema: Schema;
}

type Content = Record<string, { schema: Schema }>;
type Located = Operation & { method: string; path: string };

/**
 * The module of types for clients of an API, as TypeScript that is not formatted yet: a declaration for each
 * named schema, the interface `Operations` with what each operation takes and gives, and the table
 * `OPERATIONS` with how to ask for it.
 * @param places where the document has a schema that gets a name, such as `getJob.answer.disks.[]`; the name
 * then stands wherever the document has an equal schema. Throws for a place that is not in the document, and
 * for two names of equal schemas.
 */
export function clientTypes(document: OpenApi, places: Readonly<Record<string, string>>): string {
  const operations = operationsOf(document);
  const schemas = new Map(Object.entries(document.components.schemas));
  const names = new Map<string, string>();
  for (const [name, place] of Object.entries(places)) {
    const schema = schemaAt(operations, place);
    const key = keyOf(schema);
    if (names.has(key) || schemas.has(name))
      throw new Error(`${name} is ${names.get(key) ?? 'there'} already`);
    names.set(key, name);
    schemas.set(name, schema);
  }
  const nameOf: NameOf = (schema) => names.get(keyOf(schema));
  const declarations = [...schemas]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, schema]) => declaration(name, schema, nameOf));
  return `${declarations.join('\n\n')}

/** What each operation takes and gives, by its id. */
export interface Operations {
${operations.map((operation) => operationType(operation, nameOf)).join('\n\n')}
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
${operations.map(operationEntry).join('\n')}
};
`;
}

function operationEntry({ operationId, method, path, parameters }: Located): string {
  const takesKey = parameters.some(({ name }) => name === 'Idempotency-Key');
  return `${operationId}: { method: '${method}', path: '${path}', takesKey: ${takesKey} },`;
}

function operationsOf({ paths }: OpenApi): Located[] {
  const all = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      ...operation,
      method: method.toUpperCase(),
      path,
    })),
  );
  return all.sort((left, right) => (left.operationId < right.operationId ? -1 : 1));
}

/** What it says of itself, and what holds where it is left out, differ from place to place. */
const keyOf = ({ description, default: _usual, ...structure }: Schema): string => JSON.stringify(structure);

function declaration(name: string, schema: Schema, nameOf: NameOf): string {
  const type = structureOf(schema, nameOf);
  const comment = docComment(schema.description);
  const isObject = schema.properties !== undefined && type.startsWith('{');
  return `${comment}export ${isObject ? `interface ${name} ${type}` : `type ${name} = ${type};`}`;
}

function operationType(operation: Located, nameOf: NameOf): string {
  const { operationId, summary, method, path, parameters, requestBody, responses } = operation;
  // Clients give them side by side.
  const given = ['body', ...parameters.filter((one) => one.in !== 'header').map(({ name }) => name)];
  if (new Set(given).size < given.length) throw new Error(`${operationId} takes two things of one name`);
  const request = {
    params: parametersIn('path', operation),
    query: parametersIn('query', operation),
    headers: parametersIn('header', operation),
    body: schemaIn(requestBody?.content),
  };
  const parts = Object.entries(request).flatMap(([part, schema]) =>
    schema ? `${part}: ${typeOf(schema, nameOf)};` : [],
  );
  const answers = goodAnswers(responses).map((schema) => (schema ? typeOf(schema, nameOf) : 'undefined'));
  const comment = docComment(`${summary}.`, `\`${method} ${path}\``);
  return `${comment}${operationId}: {\n${[...parts, `answer: ${answers.join(' | ')};`].join('\n')}\n};`;
}

/** The parameters in one place of the request, as one object. */
function parametersIn(place: string, { parameters }: Operation): Schema | undefined {
  const found = parameters.filter((parameter) => parameter.in === place);
  if (found.length === 0) return undefined;
  return {
    type: 'object',
    properties: Object.fromEntries(
      found.map(({ name, schema, description }) => [name, { description, ...schema }]),
    ),
    required: found.filter(({ required }) => required).map(({ name }) => name),
  };
}

const goodAnswers = (responses: Operation['responses'] = {}): (Schema | undefined)[] =>
  Object.entries(responses)
    .filter(([status]) => status.startsWith('2'))
    .map(([, { content }]) => schemaIn(content));

const schemaIn = (content: Content | undefined): Schema | undefined => content?.['application/json']?.schema;

/**
 * The schema at a place: an operation's `answer` or `body`, and then field by field; `[]` for what is in a
 * list.
 */
function schemaAt(operations: Located[], place: string): Schema {
  const [id, part, ...steps] = place.split('.');
  const operation = operations.find(({ operationId }) => operationId === id);
  let schema =
    part === 'body' ? schemaIn(operation?.requestBody?.content) : goodAnswers(operation?.responses)[0];
  for (const step of steps) schema = step === '[]' ? schema?.items : schema?.properties?.[step];
  if (!schema) throw new Error(`the document has nothing at ${place}`);
  return schema;
}
