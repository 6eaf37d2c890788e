/** Methods that do no more when they are done twice (RFC 9110, 9.2.2). */
const REPEATABLE = ['GET', 'HEAD', 'PUT', 'DELETE'];
/**
 * The connection was ended, or a request was written into one that had been ended, before anything was
 * answered.
 */
const RESETS = ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'];

/**
 * `fetch`, once more if the connection is cut before an answer begins and the request may be repeated: by its
 * method, or because it carries an `Idempotency-Key`. A server may end a kept connection at the very moment
 * of the next request, when it stops, say.
 */
export async function fetchAgain(url: string, request: RequestInit = {}): Promise<Response> {
  try {
    return await fetch(url, request);
  } catch (error) {
    if (!wasReset(error) || !mayBeRepeated(request)) throw error;
    return fetch(url, request);
  }
}

const mayBeRepeated = ({ method = 'GET', headers }: RequestInit) =>
  REPEATABLE.includes(method) || new Headers(headers).has('idempotency-key');

const wasReset = (error: unknown) =>
  RESETS.includes(String((error as { cause?: { code?: unknown } }).cause?.code));
