import type { IncomingHttpHeaders } from 'node:http';

const LOOPBACK = /^(127\.0\.0\.1|localhost)(:\d+)?$/i;

/**
 * A browser adds `Origin` to what a page of another site sends; and a name that was made to point at
 * 127.0.0.1 shows in `Host`. Either way some web page tries to use this host, which asks nobody on this
 * machine who they are.
 */
export function comesFromWebPage({ origin, host = '' }: IncomingHttpHeaders): boolean {
  if (!LOOPBACK.test(host)) return true;
  return origin !== undefined && origin.toLowerCase() !== `http://${host.toLowerCase()}`;
}
