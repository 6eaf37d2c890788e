import type { IncomingHttpHeaders } from 'node:http';

const LOOPBACK = /^(127\.0\.0\.1|localhost)(:\d+)?$/i;
/** Azure's own names of disks' endpoints: nobody else can make one of them point at this machine. */
const DISK_ENDPOINT = /^md-[a-z0-9.-]+\.blob\.(storage\.azure\.net|core\.windows\.net)(:\d+)?$/i;

/**
 * A browser adds `Origin` to what a page of another site sends; and a name that was made to point at
 * 127.0.0.1 shows in `Host`. Either way some web page is trying to use the emulator, whose admin routes write
 * files. The bytes of disks, which want a signature anyway, are given under Azure's names too: some clients
 * know a managed disk by them alone.
 */
export function comesFromWebPage({ origin, host = '' }: IncomingHttpHeaders, isDisk: boolean): boolean {
  if (!LOOPBACK.test(host) && !(isDisk && DISK_ENDPOINT.test(host))) return true;
  return origin !== undefined && origin.toLowerCase() !== `http://${host.toLowerCase()}`;
}
