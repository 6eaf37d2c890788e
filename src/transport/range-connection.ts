import { connect, type OnReadOpts, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import {
  beginAnswer,
  bodyRoom,
  type Exchange,
  mayBeFollowed,
  newExchange,
  type Place,
  type RangeAnswer,
  type ReadWatch,
  takeBody,
} from './exchange';
import { headCollector } from './head-collector';

/** A connection that reads ranges, one after the other. */
export interface RangeConnection {
  /** True when nothing was ever read on it, so that a failure is none of an old connection. */
  readonly fresh: boolean;
  /** True while it can take another request. */
  readonly usable: boolean;
  /** Resolves with a body only in an answer 206. */
  read(request: string, place: Place, watch: ReadWatch): Promise<RangeAnswer>;
  close(): void;
}

/** An exchange under way, and who waits for its answer. */
interface Pending extends Exchange {
  resolve: (answer: RangeAnswer) => void;
  reject: (error: Error) => void;
}

/** A host that has not answered by then is behind something that swallows connections. */
const CONNECT_WITHIN_MS = 10_000;

/**
 * Opens a connection whose answers' bodies are read by the kernel straight into the caller's buffer. Node's
 * own client hands bodies over in pieces that have to be allocated, collected and copied: a GiB took 0.95 s
 * of processor time with it and 0.22 s this way, both into a buffer used again. `bench/compute` compares the
 * whole path with the storage SDK.
 */
export function openRangeConnection(url: URL, idleTimeoutMs: number): RangeConnection {
  const heads = headCollector();
  let current: Pending | undefined;
  let fresh = true;
  let usable = true;

  const end = () => {
    usable = false;
    socket.destroy();
  };
  const fail = (error: Error) => {
    end();
    current?.reject(error);
  };

  function take(pending: Pending, bytes: number): void {
    const answer = pending.head ? takeBody(pending, bytes) : takeHead(pending, bytes);
    if (!answer) return;
    if (!mayBeFollowed(answer)) end();
    pending.resolve(answer);
  }

  function takeHead(pending: Pending, bytes: number): RangeAnswer | undefined {
    const collected = heads.take(bytes);
    return collected && beginAnswer(pending, collected);
  }

  const socket = openSocket(url, idleTimeoutMs, fail, {
    buffer: () => (current?.head ? bodyRoom(current) : heads.room()),
    callback: (bytes) => {
      fresh = false;
      try {
        if (!current) throw new Error('The service sent what nobody asked for.');
        take(current, bytes);
      } catch (error) {
        fail(error as Error);
      }
      return true;
    },
  });

  return {
    get fresh() {
      return fresh;
    },
    get usable() {
      return usable;
    },
    read: (request, place, watch) =>
      new Promise((resolve, reject) => {
        const abort = () => fail(watch.signal?.reason as Error);
        const ending =
          <T>(settle: (value: T) => void) =>
          (value: T) => {
            current = undefined;
            socket.unref();
            watch.signal?.removeEventListener('abort', abort);
            settle(value);
          };
        const exchange = newExchange(place, watch);
        current = { ...exchange, resolve: ending(resolve), reject: ending(reject) };
        watch.signal?.addEventListener('abort', abort);
        socket.ref();
        socket.write(request, 'latin1');
      }),
    close: () => fail(new Error('closed')),
  };
}

/** `fail` hears of everything that ends the socket, also that it was closed. */
function openSocket(
  url: URL,
  idleTimeoutMs: number,
  fail: (error: Error) => void,
  onread: OnReadOpts,
): Socket {
  const socket = connectTo(url, onread);
  socket.setNoDelay(true);
  socket.setTimeout(idleTimeoutMs, () => fail(new Error('The connection carried nothing for too long.')));
  const late = setTimeout(() => fail(new Error('The host does not answer.')), CONNECT_WITHIN_MS);
  socket.once('connect', () => clearTimeout(late));
  socket.once('close', () => clearTimeout(late));
  socket.on('error', fail);
  socket.on('close', () => fail(new Error('The connection was cut in the middle of the answer.')));
  return socket;
}

function connectTo(url: URL, onread: OnReadOpts): Socket {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (url.protocol === 'http:') return connect({ host, port: Number(url.port || 80), onread });
  return connectTls({
    host,
    port: Number(url.port || 443),
    servername: host,
    ALPNProtocols: ['http/1.1'],
    onread,
  } as never);
}
