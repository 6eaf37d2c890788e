// What a browser must be told before it lets a page of another site use an answer (the Fetch standard, "CORS
// protocol").

import type { Cors } from '../app/cors';
import type { Request, Response } from './exchange';

/** The headers of every answer to a page that is welcome. */
export function crossOriginHeaders({ headers }: Request, { origins, credentials }: Cors): [string, string][] {
  if (origins.includes('*')) return [['access-control-allow-origin', '*']];
  return [
    ['access-control-allow-origin', String(headers.origin)],
    ['vary', 'Origin'],
    ...(credentials ? [['access-control-allow-credentials', 'true'] as [string, string]] : []),
  ];
}

/** The answer to a browser that asks whether it may send a request; undefined when it is a request itself. */
export function preflightAnswer({ method, headers }: Request): Response | undefined {
  const wanted = headers['access-control-request-method'];
  if (method !== 'OPTIONS' || !wanted) return undefined;
  const names = headers['access-control-request-headers'];
  return {
    status: 204,
    headers: {
      'access-control-allow-methods': String(wanted),
      ...(names !== undefined && { 'access-control-allow-headers': String(names) }),
    },
  };
}
