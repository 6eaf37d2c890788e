import type { AnswerHead } from './answer-head';
import type { CollectedHead } from './head-collector';

/** One answer to a ranged GET. Its body, if it was one, is in the buffer that was given. */
export interface RangeAnswer extends AnswerHead {
  /** Bytes of the body that were written into the buffer. */
  received: number;
  /** As much as has come of the body of an answer that is none of the range: it may say why. */
  refusal?: Buffer;
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

/** One request, and what of its answer is there. */
export interface Exchange {
  readonly place: Place;
  readonly watch: ReadWatch;
  /** Present once the body is under way; so is what follows. */
  head?: AnswerHead;
  target: Buffer;
  /** The length of the body. */
  expected: number;
  received: number;
}

const NOTHING = Buffer.alloc(0);

/** A request that has no answer yet. */
export const newExchange = (place: Place, watch: ReadWatch): Exchange => ({
  place,
  watch,
  target: NOTHING,
  expected: 0,
  received: 0,
});

/** Where the next bytes of the body go: straight into the caller's memory. */
export const bodyRoom = ({ target, received, expected }: Exchange): Buffer =>
  target.subarray(received, expected);

/**
 * Begins with the answer whose head is there. What is no body of a range is not worth waiting for: its head
 * says why, and what has come with it. Throws when the body is refused.
 */
export function beginAnswer(exchange: Exchange, { head, rest }: CollectedHead): RangeAnswer | undefined {
  if (head.status !== 206) return { ...head, received: 0, refusal: Buffer.from(rest) };
  const { place, watch } = exchange;
  const length = Number(head.headers['content-length']);
  if (!(length > 0 && length <= place.maxBytes && rest.length <= length)) {
    throw new Error(`The answer has ${length} bytes for a range of ${place.maxBytes}.`);
  }
  watch.accept?.(head);
  exchange.target = place.of(length);
  rest.copy(exchange.target);
  exchange.head = head;
  exchange.expected = length;
  return takeBody(exchange, rest.length);
}

/** So many bytes of the body are in the caller's memory; the answer, once that is all. */
export function takeBody(exchange: Exchange, bytes: number): RangeAnswer | undefined {
  const { head, watch, expected } = exchange;
  exchange.received += bytes;
  watch.onReceived(exchange.received);
  return head && exchange.received >= expected ? { ...head, received: exchange.received } : undefined;
}

/**
 * Whether another answer may come after this one: one whose body was not read leaves the connection in the
 * middle of it.
 */
export const mayBeFollowed = ({ status, headers }: AnswerHead): boolean =>
  status === 206 && headers.connection?.toLowerCase() !== 'close';
