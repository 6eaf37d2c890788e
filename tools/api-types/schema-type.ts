/** A JSON Schema, as far as the OpenAPI document of the app makes use of the language. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  oneOf?: Schema[];
  anyOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  description?: string;
  default?: unknown;
}

/** The name of the type that is declared for a schema elsewhere, where there is one. */
export type NameOf = (schema: Schema) => string | undefined;

const UNDERSTOOD =
  '$ref type const enum oneOf anyOf items properties required additionalProperties description default';
/** They narrow a value, which no type of TypeScript can say: the API checks them. */
const UNSAID =
  'pattern format minLength maxLength minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minItems maxItems uniqueItems propertyNames';
const KEYWORDS = new Set(`${UNDERSTOOD} ${UNSAID}`.split(' '));

/**
 * The TypeScript type of the values that a schema allows, as text: the name of its declaration, or the type
 * written out.
 */
export const typeOf = (schema: Schema, nameOf: NameOf): string =>
  nameOf(schema) ?? structureOf(schema, nameOf);

/**
 * The same, written out at the top even where it has a name. Throws for a schema that holds more than it
 * understands: the type would be another one than the schema says, and nobody would notice.
 */
export function structureOf(schema: Schema, nameOf: NameOf): string {
  const strange = Object.keys(schema).filter((keyword) => !KEYWORDS.has(keyword));
  if (strange.length > 0) throw new Error(`no type for ${strange}: ${JSON.stringify(schema)}`);
  const alternatives = schema.oneOf ?? schema.anyOf;
  if (schema.$ref !== undefined) return schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1);
  if ('const' in schema) return literal(schema.const);
  if (schema.enum) return union(schema.enum.map(literal));
  if (alternatives) return union(alternatives.map((one) => typeOf(one, nameOf)));
  if (Array.isArray(schema.type)) {
    return union(schema.type.map((type) => structureOf({ ...schema, type }, nameOf)));
  }
  switch (schema.type) {
    case 'string':
    case 'boolean':
    case 'null':
      return schema.type;
    case 'number':
    case 'integer':
      return 'number';
    case 'array':
      return `(${schema.items ? typeOf(schema.items, nameOf) : 'unknown'})[]`;
    case 'object':
      return objectType(schema, nameOf);
    case undefined:
      return 'unknown';
    default:
      throw new Error(`no type for ${schema.type}`);
  }
}

function objectType(
  { properties = {}, required = [], additionalProperties }: Schema,
  nameOf: NameOf,
): string {
  const others = additionalProperties === true ? {} : additionalProperties;
  const fields = Object.entries(properties).map(([name, field]) => {
    const key = /^[A-Za-z_]\w*$/.test(name) ? name : literal(name);
    const type = typeOf(field, nameOf);
    return required.includes(name)
      ? `${docComment(field.description)}${key}: ${type};`
      : `${docComment(field.description, usually(field))}${key}?: ${type};`;
  });
  if (fields.length === 0) return `Record<string, ${others ? typeOf(others, nameOf) : 'never'}>`;
  // A signature of one type would have to hold for the fields as well.
  if (others) fields.push('[other: string]: unknown;');
  return `{\n${fields.join('\n')}\n}`;
}

const usually = ({ default: value }: Schema) =>
  value === undefined ? undefined : `By default \`${JSON.stringify(value)}\`.`;

/** A comment with its line break, of one text a line; nothing for no text. */
export function docComment(...texts: (string | undefined)[]): string {
  const lines = texts.flatMap((text) => text?.replaceAll('*/', '* /').split('\n') ?? []).flatMap(wrapped);
  if (lines.length === 0) return '';
  return lines.length === 1 ? `/** ${lines[0]} */\n` : `/**\n * ${lines.join('\n * ')}\n */\n`;
}

/** Far enough below the width of the code for a field of a field. */
const COMMENT_WIDTH = 96;

/** A line cut between words, so that none is wider than comments are; a longer word stands for itself. */
function wrapped(line: string): string[] {
  const lines = [''];
  for (const word of line.split(' ')) {
    const last = lines.at(-1) ?? '';
    if (last !== '' && last.length + 1 + word.length > COMMENT_WIDTH) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines;
}

const union = (types: string[]): string => [...new Set(types)].join(' | ');

/** A value as TypeScript writes it; the formatter sees to the quotes. */
const literal = (value: unknown): string => JSON.stringify(value);
