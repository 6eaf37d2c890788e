import { connect, type OnReadOpts, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { type AnswerHead, findHeadEnd, parseHead } from './answer-head';

/** One answer to a ranged GET. Its body, if it was one, is in the buffer that was given. */
export interface RangeAnswer extends AnswerHead {
  /** Bytes of the body that were written into the buffer. */
  received: number;
  /** As much as has come of the body of an answer that is none of the range: it may say why. */
  refusal?: Buffer;
}

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

/** Where a body goes that may be shorter than what was asked for. */
export interface Place {
  /** What was asked for, in bytes: a longer body is refused. */
  maxBytes: number;
  /** The memory for a body of so many bytes, exactly. */
  of(bytes: number): Buffer;
}

export interface ReadWatch {
  onReceived: (bytes: number) => void;
  /** Looks at the head of an answer that has a body, before anything of it counts; throws to refuse it. */
  accept?: (head: AnswerHead) => void;
  signal?: AbortSignal;
}

/** One answer under way. */
interface Exchange {
  place: Place;
  /** Known with the head. */
  target: Buffer;
  watch: ReadWatch;
  head?: AnswerHead;
  /** The length of the body. */
  expected: number;
  received: number;
  resolve: (answer: RangeAnswer) => void;
  reject: (error: Error) => void;
}

/** A host that has not answered by then is behind something that swallows connections. */
const CONNECT_WITHIN_MS = 10_000;

const NOTHING = Buffer.alloc(0);

/** Larger than any head of an answer; what of a body comes with it is copied. */
const SCRATCH_BYTES = 8192;

/**
 * Opens a connection whose answers' bodies are read by the kernel straight into the caller's buffer. Node's own client hands
 * bodies over in pieces that have to be allocated, collected and copied: a GiB took 0.95 s of processor time with it and
 * 0.22 s this way, both into a buffer used again. `bench/compute` compares the whole path with the storage SDK.
 */
export function openRangeConnection(url: URL, idleTimeoutMs: number): RangeConnection {
  const scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES);
  let scratchUsed = 0;
  let current: Exchange | undefined;
  let fresh = true;
  let usable = true;

  const fail = (error: Error) => {
    usable = false;
    socket.destroy();
    current?.reject(error);
  };

  const onread: OnReadOpts = {
    buffer: () =>
      current?.head
        ? current.target.subarray(current.received, current.expected)
        : scratch.subarray(scratchUsed),
    callback: (bytes) => {
      fresh = false;
      if (!current) fail(new Error('The service sent what nobody asked for.'));
      else if (current.head) takeBody(current, bytes);
      else takeHead(current, bytes);
      return true;
    },
  };

  function takeHead(exchange: Exchange, bytes: number): void {
    scratchUsed += bytes;
    const end = findHeadEnd(scratch, scratchUsed);
    if (end === undefined) {
      if (scratchUsed === SCRATCH_BYTES) fail(new Error('The head of the answer is too long.'));
      return;
    }
    const head = parseHead(scratch.toString('latin1', 0, end));
    const rest = scratch.subarray(end, scratchUsed);
    scratchUsed = 0;
    const length = head?.status === 206 ? Number(head.headers['content-length']) : undefined;
    if (!head) fail(new Error('The answer is no HTTP/1.1.'));
    else if (length === undefined) refuse(exchange, head, rest);
    else beginBody(exchange, head, length, rest);
  }

  function beginBody(exchange: Exchange, head: AnswerHead, length: number, rest: Buffer): void {
    const { place, watch } = exchange;
    if (!(length > 0 && length <= place.maxBytes && rest.length <= length)) {
      fail(new Error(`The answer has ${length} bytes for a range of ${place.maxBytes}.`));
      return;
    }
    try {
      watch.accept?.(head);
      exchange.target = place.of(length);
    } catch (error) {
      fail(error as Error);
      return;
    }
    rest.copy(exchange.target);
    exchange.head = head;
    exchange.expected = length;
    takeBody(exchange, rest.length);
  }

  /** What is no body of a range is not worth waiting for: the head says why, and what has come with it. */
  function refuse(exchange: Exchange, head: AnswerHead, rest: Buffer): void {
    usable = false;
    socket.destroy();
    exchange.resolve({ ...head, received: 0, refusal: Buffer.from(rest) });
  }

  function takeBody(exchange: Exchange, bytes: number): void {
    exchange.received += bytes;
    exchange.watch.onReceived(exchange.received);
    if (exchange.received < exchange.expected || !exchange.head) return;
    const lasts = exchange.head.headers.connection?.toLowerCase() !== 'close';
    if (!lasts) usable = false;
    exchange.resolve({ ...exchange.head, received: exchange.received });
    if (!lasts) socket.destroy();
  }

  const socket = openSocket(url, onread);
  socket.setNoDelay(true);
  socket.setTimeout(idleTimeoutMs, () => fail(new Error('The connection carried nothing for too long.')));
  const late = setTimeout(() => fail(new Error('The host does not answer.')), CONNECT_WITHIN_MS);
  socket.once('connect', () => clearTimeout(late));
  socket.once('close', () => clearTimeout(late));
  socket.on('error', fail);
  socket.on('close', () => fail(new Error('The connection was cut in the middle of the answer.')));

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
        const exchange = { place, target: NOTHING, watch, expected: 0, received: 0 };
        current = { ...exchange, resolve: ending(resolve), reject: ending(reject) };
        watch.signal?.addEventListener('abort', abort);
        socket.ref();
        socket.write(request, 'latin1');
      }),
    close: () => fail(new Error('closed')),
  };
}

function openSocket(url: URL, onread: OnReadOpts): Socket {
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
