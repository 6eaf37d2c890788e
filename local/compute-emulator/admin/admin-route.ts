import type { Cloud } from '../cloud/cloud';

export interface AdminRequest {
  names: Record<string, string>;
  query: URLSearchParams;
  body: unknown;
  /** Aborted when whoever asked has gone. */
  signal: AbortSignal;
  /** Lets an answer that takes long begin: the client hears that somebody is at work. */
  keepWaiting(): void;
}

/** Method, path with `:names`, and what gives the answer's JSON. */
export type AdminRoute = readonly [
  method: string,
  path: string,
  handler: (cloud: Cloud, request: AdminRequest) => unknown,
];
