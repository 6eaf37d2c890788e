import type { z } from 'zod';
import { parseJson } from '../basics/parse-json';
import { invalid } from './problem';

const MAX_BODY_BYTES = 64 * 1024;

/** Checks a value against its schema; refuses by the name of the field. */
export function parse<T>(schema: z.ZodType<T>, value: unknown, where: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const unknownField = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const path = [...(issue?.path ?? []), ...(unknownField === undefined ? [] : [unknownField])].join('.');
  throw invalid(
    path || where,
    unknownField === undefined ? (issue?.message ?? 'not valid') : 'unknown field',
  );
}

/** The JSON body of a request, checked; a missing body counts as an empty object. */
export async function parseBody<T>(schema: z.ZodType<T>, request: { text(): Promise<string> }): Promise<T> {
  const text = await request.text();
  if (Buffer.byteLength(text) > MAX_BODY_BYTES) throw invalid('body', `larger than ${MAX_BODY_BYTES} bytes`);
  const body = text === '' ? {} : parseJson(text);
  if (body === undefined) throw invalid('body', 'not JSON');
  return parse(schema, body, 'body');
}
