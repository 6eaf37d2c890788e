import * as http from 'node:http';
import * as https from 'node:https';
import { isSafeUrl } from '../../transport/endpoint';
import { openRangeReader, type RangeReader } from '../../transport/range-reader';
import { STORAGE_VERSION } from './storage-version';

/** A request to the page-blob endpoint of a managed disk. */
export interface DataRequest {
  /** The link, a secret; `query` is added to its own. */
  sas: string;
  method: 'GET' | 'HEAD' | 'PUT';
  query?: string;
  headers?: Record<string, string>;
  body?: Uint8Array;
  signal?: AbortSignal;
}

export interface DataAnswer {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: Buffer;
}

/** A pool of kept-alive connections to the endpoints of managed disks. */
export interface DataPlane {
  /** One exchange. Rejects when the connection breaks or the body ends too early; any status is an answer. */
  send(request: DataRequest): Promise<DataAnswer>;
  /** Ranges of disks, the hot path. */
  ranges: RangeReader;
  /** Closes idle connections, for tests and for a clean end. */
  close(): void;
}

export interface DataPlaneOptions {
  allowInsecureLoopback: boolean;
  /** A connection that carries nothing for so long is given up. */
  idleTimeoutMs?: number;
}

/** Error documents and page lists; a page list of a 64 GiB window stays far below. */
const MAX_BODY_BYTES = 256 * 2 ** 20;

/** Opens the way to the bytes of disks; connections are made when they are needed. */
export function openDataPlane({
  allowInsecureLoopback,
  idleTimeoutMs = 60_000,
}: DataPlaneOptions): DataPlane {
  const pool = { keepAlive: true, maxSockets: 128, maxFreeSockets: 64, scheduling: 'lifo' as const };
  // Uploads have connections of their own: a server may treat one that carries nothing else as a straight way
  // to the disk.
  const agents = { uploads: openAgents(pool), others: openAgents(pool) };
  const ranges = openRangeReader({ isSafe: (url) => isSafeUrl(url, allowInsecureLoopback), idleTimeoutMs });
  return {
    ranges,
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
        agent: agents[request.method === 'PUT' ? 'uploads' : 'others'][secure ? 'tls' : 'plain'],
        signal: request.signal,
        timeout: idleTimeoutMs,
      };
      return exchange(secure ? https.request(options) : http.request(options), request);
    },
    close() {
      for (const { plain, tls } of Object.values(agents)) {
        plain.destroy();
        tls.destroy();
      }
      ranges.close();
    },
  };
}

const openAgents = (pool: http.AgentOptions) => ({ plain: new http.Agent(pool), tls: new https.Agent(pool) });

const lengthOf = (body: Uint8Array | undefined) =>
  body ? { 'content-length': String(body.byteLength) } : {};

function exchange(outgoing: http.ClientRequest, request: DataRequest): Promise<DataAnswer> {
  return new Promise((resolve, reject) => {
    outgoing.on('error', reject);
    outgoing.on('timeout', () => outgoing.destroy(new Error('The connection carried nothing for too long.')));
    outgoing.on('response', (incoming) => {
      const answer = collect(incoming, request.method).finally(() => {
        // Answered before all was sent: the caller may use the memory for something else now, so no more of
        // it may go out.
        if (!outgoing.writableFinished) outgoing.destroy();
      });
      answer.then(resolve, reject);
    });
    outgoing.end(request.body);
  });
}

async function collect(incoming: http.IncomingMessage, method: string): Promise<DataAnswer> {
  const { statusCode: status = 0, headers } = incoming;
  const pieces: Buffer[] = [];
  let received = 0;
  for await (const piece of incoming as AsyncIterable<Buffer>) {
    received += piece.length;
    if (received > MAX_BODY_BYTES) throw new Error('The answer is too long.');
    pieces.push(piece);
  }
  const promised = headers['content-length'];
  if (method !== 'HEAD' && promised !== undefined && Number(promised) !== received) {
    throw new Error(`The answer ended after ${received} of ${promised} bytes.`);
  }
  return { status, headers, body: Buffer.concat(pieces) };
}
