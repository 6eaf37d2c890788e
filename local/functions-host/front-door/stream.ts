import { request as httpRequest, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { messageOf } from '../basics/errors';
import type { Log } from '../basics/log';
import { invocationOf } from '../functions/invocations';
import type { HostedFunction } from '../functions/registry';
import { type Request, send } from '../http/exchange';
import { problem } from '../http/problem';
import type { AppPool } from '../worker/app-pool';
import type { TypedData } from '../worker/protocol';

export interface StreamOptions {
  /** Address of the HTTP server inside the app. */
  target: string;
  request: Request;
  response: ServerResponse;
  params: Record<string, string>;
  fn: HostedFunction;
  house: { pool: AppPool; binding: TypedData };
  log: Log;
}

/** How long the answer of a function that has ended may be on its way. */
const SILENCE_MS = 500;

/**
 * What becomes `request.params` of an app that streams: the parameters of the query, without the key, and
 * those of the route, as the http extension binds them.
 */
function parametersOf(query: URLSearchParams, route: Record<string, string>): Record<string, TypedData> {
  const ofQuery = [...query.keys()]
    .filter((name) => name.toLowerCase() !== 'code')
    .map((name) => [name, query.getAll(name).join(',')] as const);
  const all = [...ofQuery, ...Object.entries(route)];
  return Object.fromEntries(all.map(([name, value]) => [name, { string: value }]));
}

/**
 * Serves a request of an app that streams: the raw request goes to the app's own HTTP server, the invocation
 * goes beside it with an empty request, and the answer comes back over HTTP, piece by piece.
 */
export async function forwardStream(options: StreamOptions): Promise<undefined> {
  const { target, request, response, params, fn, house, log } = options;
  const invocation = invocationOf(fn, { http: {} }, () => house.binding, {
    ...parametersOf(request.url.searchParams, params),
    Headers: { json: JSON.stringify(request.headers) },
    Query: { json: JSON.stringify(Object.fromEntries(request.url.searchParams)) },
  });
  const onward = httpRequest(new URL(`${request.url.pathname}${request.url.search}`, target), {
    method: request.method,
    // A stream cannot be repeated: it does not take the risk of a connection that the app ends at this very
    // moment.
    agent: false,
    headers: {
      ...request.headers,
      connection: 'close',
      'x-ms-invocation-id': invocation.invocationId,
      'x-forwarded-host': request.url.host,
      'x-forwarded-proto': 'http',
    },
  });
  const fail = (error: unknown) => {
    log('error', fn.name, `failed: ${messageOf(error)}`);
    onward.destroy();
    if (response.headersSent) response.destroy();
    else send(response, problem('FunctionFailed', `The function ${fn.name} did not come to its end.`));
  };
  const answered = new Promise<void>((resolve, reject) => {
    onward.once('error', reject);
    onward.once('response', (answer) => {
      const { 'x-ms-invocation-id': _, connection: __, ...headers } = answer.headers;
      response.writeHead(answer.statusCode ?? 500, headers);
      pipeline(answer, response).then(resolve, reject);
    });
  });
  answered.catch(() => {});
  // A client that goes away takes its request to the app with it.
  response.once('close', () => onward.destroy());
  request.raw.pipe(onward);
  try {
    await house.pool.invoke(invocation);
    // A function that returns nothing leaves the request to its HTTP server without an answer.
    const silent = setTimeout(() => {
      if (response.headersSent) return;
      response.writeHead(204).end();
    }, SILENCE_MS);
    await answered.finally(() => clearTimeout(silent));
  } catch (error) {
    if (!response.writableEnded) fail(error);
  }
  return undefined;
}
