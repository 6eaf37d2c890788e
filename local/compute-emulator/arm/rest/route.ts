// What all routes of Azure Resource Manager have in common: paths, errors, paging, request
// limits, long-running operations.

import type { Cloud } from '../../cloud/cloud';
import type { Json } from '../../cloud/model';

/** One request, with the names from its path. */
export interface ArmRequest {
  method: string;
  /** Path without the query, as the client wrote it. */
  path: string;
  names: Readonly<Record<string, string>>;
  /** Query parameters by lower-case name. */
  query: ReadonlyMap<string, string>;
  body: Json;
  /** The header If-None-Match. */
  ifNoneMatch?: string;
}

export interface ArmResponse {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

export type Handler = (cloud: Cloud, request: ArmRequest) => ArmResponse | Promise<ArmResponse>;

/** What happens at one path. The operation's name is how faults and limits refer to it. */
export interface Route {
  operation: string;
  method: string;
  segments: readonly string[];
  handler: Handler;
}

const SUBSCRIPTION = '/subscriptions/:subscription';
const GROUP = `${SUBSCRIPTION}/resourceGroups/:group/providers/Microsoft.Compute`;

/** A route anywhere. `:name` in the pattern takes any one segment. */
export function route(operation: string, method: string, pattern: string, handler: Handler): Route {
  return { operation, method, segments: pattern.split('/').slice(1), handler };
}

/** A route below a resource group's Microsoft.Compute. */
export function groupRoute(operation: string, method: string, pattern: string, handler: Handler): Route {
  return route(operation, method, `${GROUP}${pattern}`, handler);
}

/** A route below the subscription's Microsoft.Compute. */
export function subscriptionRoute(
  operation: string,
  method: string,
  pattern: string,
  handler: Handler,
): Route {
  return route(operation, method, `${SUBSCRIPTION}/providers/Microsoft.Compute${pattern}`, handler);
}

/** Literal segments match in any case, as in Azure. Undefined when the path is another. */
export function matchPath(
  segments: readonly string[],
  path: readonly string[],
): Record<string, string> | undefined {
  if (segments.length !== path.length) return undefined;
  const names: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const actual = path[index] ?? '';
    if (segment.startsWith(':')) names[segment.slice(1)] = actual;
    else if (segment.toLowerCase() !== actual.toLowerCase()) return undefined;
  }
  return names;
}
