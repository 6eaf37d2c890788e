import { type AnswerHead, findHeadEnd, parseHead } from './answer-head';

/** Larger than any head of an answer; what of a body comes with it is copied. */
const SCRATCH_BYTES = 8192;

/**
 * The head of an answer, and what of its body came with it; the latter stays only until the next head begins.
 */
export interface CollectedHead {
  head: AnswerHead;
  rest: Buffer;
}

/** Collects the heads of the answers on one connection, one after the other, in the same memory. */
export interface HeadCollector {
  /** Where the next bytes go. */
  room(): Buffer;
  /**
   * So many bytes are in that room. Undefined while the head is not complete; throws when it never will be.
   */
  take(bytes: number): CollectedHead | undefined;
}

/** A collector with memory of its own, for one connection. */
export function headCollector(): HeadCollector {
  const scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES);
  let used = 0;
  return {
    room: () => scratch.subarray(used),
    take(bytes) {
      used += bytes;
      const end = findHeadEnd(scratch, used);
      if (end === undefined) {
        if (used === SCRATCH_BYTES) throw new Error('The head of the answer is too long.');
        return undefined;
      }
      const head = parseHead(scratch.toString('latin1', 0, end));
      if (!head) throw new Error('The answer is no HTTP/1.1.');
      const rest = scratch.subarray(end, used);
      used = 0;
      return { head, rest };
    },
  };
}
