import { MAGIC } from './constants';

export const REQUEST_BYTES = 28;

/** One request of a client. */
export interface Request {
  flags: number;
  command: number;
  /** Whatever the client chose to know the reply by. */
  cookie: bigint;
  /** May be beyond what a number holds exactly: then it is beyond every disk too. */
  offset: number;
  length: number;
}

/**
 * The head of a request; undefined when it does not begin as one, so that nothing after it can be trusted.
 */
export function decodeRequest(head: Buffer): Request | undefined {
  if (head.readUInt32BE(0) !== MAGIC.request) return undefined;
  return {
    flags: head.readUInt16BE(4),
    command: head.readUInt16BE(6),
    cookie: head.readBigUInt64BE(8),
    offset: Number(head.readBigUInt64BE(16)),
    length: head.readUInt32BE(24),
  };
}
