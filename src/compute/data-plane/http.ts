import * as http from 'node:http';
import * as https from 'node:https';
import { isSafeUrl } from '../endpoint';

/** A request to the page-blob endpoint of a managed disk. */
export interface DataRequest {
  /** The link, a secret; `query` is added to its own. */
  sas: string;
  method: 'GET' | 'HEAD' | 'PUT';
  query?: string;
  headers?: Record<string, string>;
  body?: Uint8Array;
  /** The body of a successful answer goes here, and must fit. Without it, the answer carries its body. */
  into?: Buffer;
  /** Called with the bytes in `into` so far, so that a broken transfer can be carried on. */
  onReceived?: (bytes: number) => void;
  signal?: AbortSignal;
}

export interface DataAnswer {
  status: number;
  headers: http.IncomingHttpHeaders;
  /** Empty where the body went into a buffer of the caller. */
  body: Buffer;
}

/** A pool of kept-alive connections to the endpoints of managed disks. */
export interface DataPlane {
  /** One exchange. Rejects when the connection breaks or the body ends too early; any status is an answer. */
  send(request: DataRequest): Promise<DataAnswer>;
  /** Closes idle connections, for tests and for a clean end. */
  close(): void;
}

export interface DataPlaneOptions {
  allowInsecureLoopback: boolean;
  /** A connection that carries nothing for so long is given up. */
  idleTimeoutMs?: number;
}

/** Page lists and changed ranges against a link need 2019-07-07 at least; every endpoint of managed disks knows this one. */
const STORAGE_VERSION = '2021-12-02';
/** Error documents and page lists; a page list of a 64 GiB window stays far below. */
const MAX_BODY_BYTES = 256 * 2 ** 20;

/**
 * A plain client on Node's own connection pool. It reads ranges straight into the caller's buffer: measured against the
 * storage SDK's `downloadToBuffer` it took a third of the processor time (see bench/compute).
 */
export function openDataPlane({
  allowInsecureLoopback,
  idleTimeoutMs = 60_000,
}: DataPlaneOptions): DataPlane {
  const pool = { keepAlive: true, maxSockets: 128, maxFreeSockets: 64, scheduling: 'lifo' as const };
  const plainAgent = new http.Agent(pool);
  const tlsAgent = new https.Agent(pool);
  return {
    send(request) {
      const url = new URL(request.sas);
      if (!isSafeUrl(url, allowInsecureLoopback))
        return Promise.reject(new Error('A link without TLS is refused.'));
      const secure = url.protocol === 'https:';
      const options: https.RequestOptions = {
        method: request.method,
        host: url.hostname.replace(/^\[|\]$/g, ''),
        port: url.port || (secure ? 443 : 80),
        path: url.pathname + url.search + (request.query ? `&${request.query}` : ''),
        headers: { 'x-ms-version': STORAGE_VERSION, ...request.headers, ...lengthOf(request.body) },
        agent: secure ? tlsAgent : plainAgent,
        signal: request.signal,
        timeout: idleTimeoutMs,
      };
      return exchange(secure ? https.request(options) : http.request(options), request);
    },
    close() {
      plainAgent.destroy();
      tlsAgent.destroy();
    },
  };
}

const lengthOf = (body: Uint8Array | undefined) =>
  body ? { 'content-length': String(body.byteLength) } : {};

function exchange(outgoing: http.ClientRequest, request: DataRequest): Promise<DataAnswer> {
  return new Promise((resolve, reject) => {
    outgoing.on('error', reject);
    outgoing.on('timeout', () => outgoing.destroy(new Error('The connection carried nothing for too long.')));
    outgoing.on('response', (incoming) => receive(incoming, request, resolve, reject));
    outgoing.end(request.body);
  });
}

function receive(
  incoming: http.IncomingMessage,
  { into, onReceived, method }: DataRequest,
  resolve: (answer: DataAnswer) => void,
  reject: (error: Error) => void,
): void {
  const status = incoming.statusCode ?? 0;
  const { headers } = incoming;
  const target = status === 206 ? into : undefined;
  const pieces: Buffer[] = [];
  let received = 0;
  incoming.on('data', (piece: Buffer) => {
    if (received + piece.length > (target?.length ?? MAX_BODY_BYTES)) {
      incoming.destroy(new Error('The answer is longer than what was asked for.'));
      return;
    }
    if (target) piece.copy(target, received);
    else pieces.push(piece);
    received += piece.length;
    if (target) onReceived?.(received);
  });
  incoming.on('error', reject);
  incoming.on('aborted', () => reject(new Error('The connection was cut in the middle of the answer.')));
  incoming.on('end', () => {
    const promised = headers['content-length'];
    if (method !== 'HEAD' && promised !== undefined && Number(promised) !== received) {
      reject(new Error(`The answer ended after ${received} of ${promised} bytes.`));
    } else {
      resolve({ status, headers, body: Buffer.concat(pieces) });
    }
  });
}
