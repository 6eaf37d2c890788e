import type { IncomingHttpHeaders } from 'node:http';
import type { Cors } from '../app/cors';

const LOOPBACK = /^(127\.0\.0\.1|localhost)(:\d+)?$/i;

/** A program or a page of this host itself; a page of another site that may use the app; any other page. */
export type Sender = 'own' | 'welcome' | 'stranger';

/**
 * A browser adds `Origin` to what a page of another site sends; and a name that was made to point at
 * 127.0.0.1 shows in `Host`. Either way some web page tries to use this host, which asks nobody on this
 * machine who they are; the app's settings may name pages that shall.
 */
export function senderOf({ origin, host = '' }: IncomingHttpHeaders, { origins }: Cors): Sender {
  if (!LOOPBACK.test(host)) return 'stranger';
  const site = origin?.toLowerCase();
  if (site === undefined || site === `http://${host.toLowerCase()}`) return 'own';
  return origins.includes('*') || origins.includes(site) ? 'welcome' : 'stranger';
}
