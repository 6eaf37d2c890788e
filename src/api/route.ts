import { z } from 'zod';
import { PARAMS, type ParamsOf, paramNames } from './keys';
import { checkBodyLength, parse, parseBody } from './parse';

/**
 * What a route takes and gives: the one description that checks requests and that the OpenAPI document is
 * made of.
 */
export interface RouteDescription<Template extends string = string, Query = unknown, Body = unknown> {
  method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** Template below `/api`, such as `vms/{vm}/backups`. */
  route: Template;
  /** What it does, in one sentence. */
  summary: string;
  /** `anonymous` only for what tells nothing about the fleet; by default a function key is asked for. */
  access?: 'anonymous';
  /** Query parameters; none unless given. */
  query?: z.ZodType<Query>;
  /** JSON body; none unless given. A missing body counts as an empty object. */
  body?: z.ZodType<Body>;
  /** The body of each good answer by status; null for an answer without one. */
  answers: Readonly<Record<number, z.ZodType | null>>;
  /** Request headers that the route heeds. */
  heeds?: readonly ('If-Match' | 'Idempotency-Key')[];
}

/** A request as far as routes look at it; `HttpRequest` of Azure Functions is one. */
export interface IncomingRequest {
  params: Record<string, string>;
  query: Iterable<[string, string]>;
  headers: { get(name: string): string | null };
  text(): Promise<string>;
}

/** A request whose every part has been checked. */
export interface CheckedRequest<Template extends string, Query, Body> {
  params: ParamsOf<Template>;
  query: Query;
  body: Body;
  ifMatch?: string;
  idempotencyKey?: string;
}

const NOTHING = z.strictObject({});
const ETag = z.string().regex(/^"[\x21\x23-\x7e]{1,128}"$/, 'not an ETag as an answer gave it');
const IdempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,128}$/, 'not 1 to 128 visible ASCII characters without blanks');

/** Checks a request; throws a problem that names the field at fault. */
export async function checkRequest<Template extends string, Query, Body>(
  { method, route, query, body, heeds = [] }: RouteDescription<Template, Query, Body>,
  request: IncomingRequest,
): Promise<CheckedRequest<Template, Query, Body>> {
  checkBodyLength(request);
  const params = Object.fromEntries(
    paramNames(route).map((name) => [name, parse(PARAMS[name], request.params[name], name)]),
  );
  // `code` is the function key: the platform has looked at it already.
  const given = [...request.query].filter(([name]) => name !== 'code');
  const header = (name: 'If-Match' | 'Idempotency-Key', schema: z.ZodType<string>) => {
    const value = heeds.includes(name) ? request.headers.get(name) : null;
    return value === null ? undefined : parse(schema, value, name);
  };
  return {
    params: params as ParamsOf<Template>,
    query: parse(query ?? (NOTHING as z.ZodType<Query>), Object.fromEntries(given), 'query'),
    body:
      method === 'GET' ? (undefined as Body) : await parseBody(body ?? (NOTHING as z.ZodType<Body>), request),
    ifMatch: header('If-Match', ETag),
    idempotencyKey: header('Idempotency-Key', IdempotencyKey),
  };
}
