import type { Cloud } from '../cloud/cloud';

export interface AdminRequest {
  names: Record<string, string>;
  query: URLSearchParams;
  body: unknown;
}

/** Method, path with `:names`, and what gives the answer's JSON. */
export type AdminRoute = readonly [
  method: string,
  path: string,
  handler: (cloud: Cloud, request: AdminRequest) => unknown,
];
