import type { Place, RangeAnswer, ReadWatch } from './exchange';
import { openRangeConnection, type RangeConnection } from './range-connection';

/** A range of a blob and where it goes. */
export interface RangeRequest {
  /** Often a secret: it may carry a signature. */
  url: string;
  offset: number;
  /** As many bytes as it takes are asked for. */
  target: Buffer | Place;
  /** Besides `Host` and `x-ms-range`. */
  headers?: Record<string, string>;
}

/** Reads ranges of blobs over a pool of kept-alive connections. */
export interface RangeReader {
  /**
   * Asks once and reads what comes into the target. Resolves with the head of any complete answer, also of
   * one that has fewer bytes than asked or none; rejects when the connection breaks.
   */
  read(request: RangeRequest, watch: ReadWatch): Promise<RangeAnswer>;
  /** Closes idle connections. */
  close(): void;
}

/**
 * Connections that wait for another request, per host: as many as parts of disks are usually read at once.
 */
const MAX_IDLE = 64;

export interface RangeReaderOptions {
  /** Requests to other addresses are refused. */
  isSafe(url: URL): boolean;
  /** A connection that carries nothing for so long is given up. */
  idleTimeoutMs: number;
}

/** Opens a pool; connections are made when they are needed. */
export function openRangeReader(options: RangeReaderOptions): RangeReader {
  const idle = new Map<string, RangeConnection[]>();

  /** The youngest idle connection: the older ones may end. */
  function take(url: URL): RangeConnection {
    const waiting = idle.get(url.origin) ?? [];
    for (let connection = waiting.pop(); connection; connection = waiting.pop()) {
      if (connection.usable) return connection;
    }
    return openRangeConnection(url, options.idleTimeoutMs);
  }

  function giveBack(url: URL, connection: RangeConnection): void {
    const waiting = idle.get(url.origin) ?? [];
    idle.set(url.origin, waiting);
    if (connection.usable && waiting.length < MAX_IDLE) waiting.push(connection);
    else connection.close();
  }

  async function read(request: RangeRequest, watch: ReadWatch): Promise<RangeAnswer> {
    const url = new URL(request.url);
    if (!options.isSafe(url)) throw new Error('A link without TLS is refused.');
    watch.signal?.throwIfAborted();
    const connection = take(url);
    const { fresh } = connection;
    let received = 0;
    const onReceived = (bytes: number) => {
      received = bytes;
      watch.onReceived(bytes);
    };
    try {
      const place = Buffer.isBuffer(request.target) ? startOf(request.target) : request.target;
      const answer = await connection.read(requestText(url, request, place), place, { ...watch, onReceived });
      giveBack(url, connection);
      return answer;
    } catch (error) {
      connection.close();
      // A server may close an idle connection at the very moment of the next request.
      if (fresh || received > 0 || watch.signal?.aborted) throw error;
      return read(request, watch);
    }
  }

  return {
    read,
    close() {
      for (const connection of [...idle.values()].flat()) connection.close();
      idle.clear();
    },
  };
}

const startOf = (target: Buffer): Place => ({
  maxBytes: target.length,
  of: (bytes) => target.subarray(0, bytes),
});

const requestText = (url: URL, { offset, headers = {} }: RangeRequest, { maxBytes }: Place): string =>
  [
    `GET ${url.pathname}${url.search} HTTP/1.1`,
    `Host: ${url.host}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    `x-ms-range: bytes=${offset}-${offset + maxBytes - 1}`,
    '\r\n',
  ].join('\r\n');
