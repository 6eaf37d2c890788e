import { backupError } from '../failures/failure';

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Whether requests may go to `url`: always over https; over plain http only when the setting allows it and
 * the host is this machine. Everything else would show tokens or disk contents to the network.
 */
export function isSafeUrl(url: URL, allowInsecureLoopback: boolean): boolean {
  if (url.protocol === 'https:') return true;
  return url.protocol === 'http:' && allowInsecureLoopback && LOOPBACK.has(url.hostname);
}

/** The endpoint as a URL, or the failure `ComputeEndpointRefused` that says what is wrong with it. */
export function safeEndpoint(endpoint: string, allowInsecureLoopback: boolean): URL {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (!url) throw backupError('ComputeEndpointRefused', `The compute endpoint "${endpoint}" is not a URL.`);
  if (isSafeUrl(url, allowInsecureLoopback)) return url;
  const flag = allowInsecureLoopback
    ? 'only a loopback host may be reached without TLS'
    : 'plain http is switched off';
  throw backupError('ComputeEndpointRefused', `The compute endpoint ${url.origin} is refused: ${flag}.`);
}

/**
 * Whether `url`, which the service sent back for polling, belongs to `endpoint`: the same origin, or a
 * regional host below it over https. Tokens never follow a link to anywhere else.
 */
export function belongsTo(url: URL, endpoint: URL): boolean {
  if (url.origin === endpoint.origin) return true;
  return (
    url.protocol === 'https:' &&
    endpoint.protocol === 'https:' &&
    url.hostname.endsWith(`.${endpoint.hostname}`)
  );
}
