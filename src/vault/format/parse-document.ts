import type { z } from 'zod';
import { parseJson } from '../../basics/parse-json';
import { objectError } from '../../storage/object-error';

/**
 * Parses a JSON document of the vault against its schema. The refusal names the object and the first field
 * that is wrong.
 */
export function parseDocument<T>(schema: z.ZodType<T>, body: Buffer, objectName: string): T {
  const value = parseJson(body.toString('utf8'));
  if (value === undefined) throw objectError('VaultDocumentInvalid', objectName, 'it is not JSON');
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = issue?.path.join('.') || '(document)';
  throw objectError('VaultDocumentInvalid', objectName, `${field}: ${issue?.message ?? 'invalid'}`);
}

export const toDocument = (value: unknown): Buffer => Buffer.from(`${JSON.stringify(value, null, 1)}\n`);
