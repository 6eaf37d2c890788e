import { OPERATIONS, type Operations } from './api-types';
import { type Answer, type RequestOptions, requestJson } from './http';

export type OperationId = keyof Operations;

/** What an operation answers. */
export type AnswerOf<Id extends OperationId> = Operations[Id]['answer'];

/** What an operation is asked with: what its path and its query take, side by side, and its `body`. */
export type RequestOf<Id extends OperationId> = Part<Id, 'params'> &
  Part<Id, 'query'> &
  Body<Part<Id, 'body'>>;

/** How one request is sent; `headers` are those that its operation heeds. */
export interface SendOptions<Id extends OperationId> {
  headers?: Operations[Id] extends { headers: infer Heeded } ? Heeded : never;
  signal?: AbortSignal;
}

type Part<Id extends OperationId, Name extends string> =
  Operations[Id] extends Record<Name, infer Found> ? Found : unknown;
type Nothing = Record<never, never>;
/** What needs nothing may be left out. */
type Body<Found> = unknown extends Found
  ? unknown
  : Nothing extends Found
    ? { body?: Found }
    : { body: Found };
type Arguments<Id extends OperationId> =
  Nothing extends RequestOf<Id>
    ? [request?: RequestOf<Id>, options?: SendOptions<Id>]
    : [request: RequestOf<Id>, options?: SendOptions<Id>];

type Methods = { [Id in keyof Operations]: (...args: Arguments<Id>) => Promise<AnswerOf<Id>> };

/**
 * The HTTP API of the app, with a method for each of its operations: `api.startBackup({ vm, body: {
 * retentionDays: 7 } })`. Each rejects with `ApiProblem` when the API says what is wrong, with
 * `RequestFailed` when somebody in front of it refuses, and with what `fetch` throws when there is no answer.
 */
export interface ApiClient extends Methods {
  /** The answer to an operation with its status and its headers, for the `etag` of what is to be changed. */
  answerTo<Id extends OperationId>(id: Id, ...args: Arguments<Id>): Promise<Answer<AnswerOf<Id>>>;
}

export interface ApiOptions {
  /** A function key of the app. On Azure the app asks for one, on this machine it does not. */
  functionKey?: string;
  /** Aborts every request of this client. */
  signal?: AbortSignal;
}

/**
 * @param baseUrl of the API with its prefix: `http://127.0.0.1:7071/api`, or `/api` on a page that comes from
 * there
 */
export function apiClient(baseUrl: string, { functionKey, signal }: ApiOptions = {}): ApiClient {
  const root = baseUrl.replace(/\/$/, '');
  const key: Record<string, string> = functionKey === undefined ? {} : { 'x-functions-key': functionKey };
  async function answerTo(id: OperationId, request: Record<string, unknown> = {}, options?: RequestOptions) {
    const { method, path, takesKey } = OPERATIONS[id];
    // So that a request whose connection was cut may be sent again, and starts nothing twice.
    const once: Record<string, string> = takesKey ? { 'Idempotency-Key': crypto.randomUUID() } : {};
    const { body, ...asked } = request;
    return requestJson(method, `${root}${fill(path, asked)}${queryOf(path, asked)}`, body, {
      headers: { ...key, ...once, ...options?.headers },
      signal: eitherOf(signal, options?.signal),
    });
  }
  const methodOf = (id: OperationId) => async (request?: Record<string, unknown>, options?: RequestOptions) =>
    (await answerTo(id, request, options)).body;
  const ids = Object.keys(OPERATIONS) as OperationId[];
  const methods = Object.fromEntries(ids.map((id) => [id, methodOf(id)]));
  // What each of them takes and answers is known to the types only.
  return { ...methods, answerTo } as unknown as ApiClient;
}

const fill = (path: string, asked: Record<string, unknown>): string =>
  path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(asked[name])));

/** Everything that has no place in the path, unless it is undefined. */
function queryOf(path: string, asked: Record<string, unknown>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(asked)) {
    if (value !== undefined && !path.includes(`{${name}}`)) query.set(name, String(value));
  }
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}

const eitherOf = (one?: AbortSignal, other?: AbortSignal): AbortSignal | undefined =>
  one && other ? AbortSignal.any([one, other]) : (one ?? other);
