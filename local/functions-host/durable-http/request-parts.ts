import type { Request } from '../http/exchange';

/** The body's text when it is JSON, null when it is empty, undefined when it is something else. */
export async function jsonBody(request: Request): Promise<string | null | undefined> {
  const text = (await request.body()).toString('utf8');
  if (text.trim() === '') return null;
  try {
    JSON.parse(text);
    return text;
  } catch {
    return undefined;
  }
}

/** A query parameter that is `true` or not. */
export function flag(query: URLSearchParams, name: string, byDefault = false): boolean {
  const text = query.get(name);
  return text === null ? byDefault : text.toLowerCase() === 'true';
}
