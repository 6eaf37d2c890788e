import { type Log, readableFailure } from '../basics/log';
import { invocationOf } from '../functions/invocations';
import type { HostedFunction } from '../functions/registry';
import { setCookie } from '../http/cookies';
import type { Request, Response } from '../http/exchange';
import { problem } from '../http/problem';
import { parseRoute, type Route } from '../http/route';
import { FunctionError, ThreadLost } from '../worker/app-thread-handle';
import type { HttpData, Invocation, InvocationResponse, TypedData } from '../worker/protocol';

/** An HTTP function with its route, prefix included. */
export interface HttpRoute {
  fn: HostedFunction;
  /** As the app wrote it, behind the prefix. */
  template: string;
  route: Route;
  methods: string[];
  authLevel: 'anonymous' | 'function' | 'admin';
}

/** @throws HostError when a route cannot be read. */
export function httpRoute(fn: HostedFunction, prefix: string): HttpRoute {
  const { route, methods, authLevel } = fn.trigger as {
    route?: string;
    methods?: string[];
    authLevel?: string;
  };
  const template = [prefix, (route ?? fn.name).replace(/^\/+|\/+$/g, '')].filter(Boolean).join('/');
  return {
    fn,
    template,
    route: parseRoute(template),
    methods: (methods?.length ? methods : ['GET', 'POST']).map((method) => method.toUpperCase()),
    authLevel: (authLevel?.toLowerCase() as HttpRoute['authLevel'] | undefined) ?? 'anonymous',
  };
}

/** The first registered route that fits; another method than the route has is no fit. */
export function findRoute(routes: HttpRoute[], request: Request) {
  for (const route of routes) {
    if (!route.methods.includes(request.method)) continue;
    const params = route.route.match(request.segments);
    if (params) return { route, params };
  }
  return undefined;
}

/** What an HTTP function receives. The body is read only when its length is known, as on Azure. */
export async function httpInput(request: Request, params: Record<string, string>): Promise<HttpData> {
  const length = Number(request.headers['content-length'] ?? 0);
  const { url } = request;
  const query = new Map<string, string>();
  for (const [key, value] of url.searchParams) {
    const before = query.get(key);
    query.set(key, before === undefined ? value : `${before},${value}`);
  }
  return {
    url: url.href,
    method: request.method,
    nullableHeaders: nullable(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
    nullableQuery: nullable([...query]),
    nullableParams: nullable(Object.entries(params)),
    body: length > 0 ? { bytes: await request.body() } : null,
  };
}

/**
 * Runs an HTTP function: 204 when it returns nothing, 500 when it throws; the log alone says what it threw.
 */
export async function runHttpFunction(
  fn: HostedFunction,
  input: HttpData,
  run: (invocation: Invocation) => Promise<InvocationResponse>,
  client: () => TypedData,
  log: Log,
): Promise<Response> {
  try {
    const { returnValue } = await run(invocationOf(fn, { http: input }, client));
    return returnValue?.http ? responseOf(returnValue.http) : { status: 204 };
  } catch (error) {
    if (!(error instanceof FunctionError || error instanceof ThreadLost)) throw error;
    if (error instanceof ThreadLost) log('warning', fn.name, `interrupted: ${error.message}`);
    else log('error', fn.name, readableFailure(error.message, error.functionStack));
    return problem('FunctionFailed', `The function ${fn.name} did not come to its end.`);
  }
}

function responseOf(http: HttpData): Response {
  const headers: Record<string, string | string[]> = { ...http.headers };
  if (http.cookies?.length) headers['set-cookie'] = http.cookies.map(setCookie);
  const { bytes, string } = http.body ?? {};
  return { status: Number(http.statusCode ?? 200), headers, body: bytes ?? string };
}

function nullable(entries: [string, string][]): Record<string, { value: string }> {
  return Object.fromEntries(entries.map(([name, value]) => [name, { value }]));
}
