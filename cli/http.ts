import { fetchAgain } from './fetch-again';

/** What a service answered when it did not do what was asked. */
export class RequestFailed extends Error {
  override readonly name = 'RequestFailed';
  constructor(
    readonly status: number,
    /** The machine-readable cause, where the answer has one. */
    readonly code: string | undefined,
    message: string,
    readonly remedy?: string,
  ) {
    super(message);
  }
}

export interface Answer<T> {
  status: number;
  headers: Headers;
  body: T;
}

/**
 * One JSON request. Rejects with `RequestFailed` for every status from 400 on, with the words of the answer.
 * @param idempotencyKey by which the service knows a repeat of this request
 */
export async function requestJson<T>(
  method: string,
  url: string,
  body?: unknown,
  { signal, idempotencyKey }: { signal?: AbortSignal; idempotencyKey?: string } = {},
): Promise<Answer<T>> {
  const response = await fetchAgain(url, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
    },
    body: body === undefined ? undefined : JSON.stringify(body),
    signal,
  });
  const text = await response.text();
  if (!response.ok) throw failure(response.status, text, `${method} ${url}`);
  return {
    status: response.status,
    headers: response.headers,
    body: (text ? JSON.parse(text) : undefined) as T,
  };
}

/** Understands a problem document (RFC 9457) and Azure's `{"error":{code,message}}`. */
function failure(status: number, text: string, request: string): RequestFailed {
  let document: Record<string, unknown> = {};
  try {
    document = JSON.parse(text);
  } catch {
    return new RequestFailed(status, undefined, `${request}: ${status} ${text.slice(0, 500)}`);
  }
  const { code, title, detail, message, remedy } = (document.error ?? document) as Record<
    string,
    string | undefined
  >;
  return new RequestFailed(status, code, detail ?? message ?? title ?? `${request}: ${status}`, remedy);
}
