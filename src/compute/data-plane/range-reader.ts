import { isSafeUrl } from '../endpoint';
import {
  openRangeConnection,
  type RangeAnswer,
  type RangeConnection,
  type ReadWatch,
} from './range-connection';
import { STORAGE_VERSION } from './storage-version';

/** Reads ranges of disks over a pool of kept-alive connections. */
export interface RangeReader {
  /**
   * Asks once for `target.length` bytes from `offset` and reads what comes into `target`. Resolves with the head of any
   * complete answer, also of one that has fewer bytes than asked or none; rejects when the connection breaks.
   */
  read(sas: string, offset: number, target: Buffer, watch: ReadWatch): Promise<RangeAnswer>;
  close(): void;
}

/** Connections that wait for another request, per host: as many as parts of disks are usually read at once. */
const MAX_IDLE = 64;

export function openRangeReader(options: {
  allowInsecureLoopback: boolean;
  idleTimeoutMs: number;
}): RangeReader {
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

  async function read(sas: string, offset: number, target: Buffer, watch: ReadWatch): Promise<RangeAnswer> {
    const url = new URL(sas);
    if (!isSafeUrl(url, options.allowInsecureLoopback)) throw new Error('A link without TLS is refused.');
    watch.signal?.throwIfAborted();
    const connection = take(url);
    const { fresh } = connection;
    let received = 0;
    const onReceived = (bytes: number) => {
      received = bytes;
      watch.onReceived(bytes);
    };
    try {
      const answer = await connection.read(requestOf(url, offset, target.length), target, {
        ...watch,
        onReceived,
      });
      giveBack(url, connection);
      return answer;
    } catch (error) {
      connection.close();
      // A server may close an idle connection at the very moment of the next request.
      if (fresh || received > 0 || watch.signal?.aborted) throw error;
      return read(sas, offset, target, watch);
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

const requestOf = (url: URL, offset: number, length: number): string =>
  [
    `GET ${url.pathname}${url.search} HTTP/1.1`,
    `Host: ${url.host}`,
    `x-ms-version: ${STORAGE_VERSION}`,
    `x-ms-range: bytes=${offset}-${offset + length - 1}`,
    '\r\n',
  ].join('\r\n');
