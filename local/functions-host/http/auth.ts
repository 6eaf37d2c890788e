import { timingSafeEqual } from 'node:crypto';
import type { Request } from './exchange';

/** The keys of a host. Every one opens what it names; the master key opens everything. */
export interface Keys {
  master(): string;
  /** Opens the functions of level `function`. */
  host(): string;
  functionKey(name: string): string;
  /** Opens the durable HTTP API. */
  durable(): string;
}

/** @param wanted the keys that would do. The header comes before `?code=`. */
export function isAuthorized(request: Request, wanted: string[]): boolean {
  const header = request.headers['x-functions-key'];
  const given = typeof header === 'string' ? header : request.url.searchParams.get('code');
  return given !== null && wanted.some((key) => sameText(key, given));
}

function sameText(a: string, b: string): boolean {
  const [x, y] = [Buffer.from(a), Buffer.from(b)];
  return x.length === y.length && timingSafeEqual(x, y);
}
