import { messageOf } from '../basics/errors';
import type { Request } from '../http/exchange';

/** Header of a list: where it goes on; empty at its end. */
export const CONTINUATION = 'x-ms-continuation-token';

/** The text of a JSON body, null when it is empty; or why it cannot be read. */
export async function jsonBody(request: Request): Promise<{ json: string | null } | { unreadable: string }> {
  const text = (await request.body()).toString('utf8');
  if (text.trim() === '') return { json: null };
  try {
    JSON.parse(text);
    return { json: text };
  } catch (error) {
    return { unreadable: messageOf(error) };
  }
}

/** A query parameter that is `true` or `false`; anything else is as if it were not there. */
export function flag(query: URLSearchParams, name: string, byDefault = false): boolean {
  const text = query.get(name)?.toLowerCase();
  return text === 'true' || text === 'false' ? text === 'true' : byDefault;
}
