import type { z } from 'zod';
import { parseJson } from '../basics/parse-json';
import { bodyTooLarge, type Fault, invalid, invalidFields, lengthRequired } from './problem';

const MAX_BODY_BYTES = 64 * 1024;

/** Checks a value against its schema; refuses by the names of all fields at fault. */
export function parse<T>(schema: z.ZodType<T>, value: unknown, where: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [first = { field: where, detail: 'not valid' }, ...others] = parsed.error.issues.flatMap((issue) =>
    faultsOf(issue, where),
  );
  throw invalidFields(first, ...others);
}

function faultsOf(issue: z.core.$ZodIssue, where: string): Fault[] {
  const fieldOf = (...names: PropertyKey[]) => [...issue.path, ...names].map(String).join('.') || where;
  return issue.code === 'unrecognized_keys'
    ? issue.keys.map((key) => ({ field: fieldOf(key), detail: 'unknown field' }))
    : [{ field: fieldOf(), detail: issue.message }];
}

/**
 * Refuses, before anything is read, a body that is too large, and one whose length is not announced: Azure
 * Functions gives such a body to no app, so what it says would be ignored in silence. No body and no length
 * is a request without a body.
 */
export function checkBodyLength({ headers }: { headers: { get(name: string): string | null } }): void {
  if (headers.get('transfer-encoding') !== null) throw lengthRequired();
  if (Number(headers.get('content-length') ?? 0) > MAX_BODY_BYTES) throw bodyTooLarge(MAX_BODY_BYTES);
}

/** The JSON body of a request, checked; a missing body counts as an empty object. */
export async function parseBody<T>(schema: z.ZodType<T>, request: { text(): Promise<string> }): Promise<T> {
  const text = await request.text();
  if (Buffer.byteLength(text) > MAX_BODY_BYTES) throw bodyTooLarge(MAX_BODY_BYTES);
  const body = text === '' ? {} : parseJson(text);
  if (body === undefined) throw invalid('body', 'not JSON');
  return parse(schema, body, 'body');
}
