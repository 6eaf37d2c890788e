import { fetchAgain } from './fetch-again';
import { failureOf } from './request-failed';

export interface Answer<T> {
  status: number;
  headers: Headers;
  body: T;
}

export interface RequestOptions {
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/**
 * One JSON request. Rejects with `ApiProblem` for a problem document, and with `RequestFailed` for every
 * other answer with a status from 400 on. A request that may be repeated is sent once more when its
 * connection is cut before an answer.
 */
export async function requestJson<T>(
  method: string,
  url: string,
  body?: unknown,
  { headers, signal }: RequestOptions = {},
): Promise<Answer<T>> {
  const response = await fetchAgain(url, {
    method,
    headers: body === undefined ? headers : { 'content-type': 'application/json', ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
    signal,
  });
  const text = await response.text();
  if (!response.ok) throw failureOf(response, text, `${method} ${url}`);
  return {
    status: response.status,
    headers: response.headers,
    body: (text ? JSON.parse(text) : undefined) as T,
  };
}
