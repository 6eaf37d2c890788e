import type { IncomingMessage } from 'node:http';

/** Azure Resource Manager takes 4 MB ("Azure subscription and service limits"). */
const MOST_BODY_BYTES = 4 * 1024 * 1024;
/**
 * So much of a body that nobody wants is thrown away, for clients that look for the answer only when they
 * have sent all.
 */
const MOST_THROWN_AWAY_BYTES = 16 * 1024 * 1024;

/** The text of a body; undefined when it is too large, and then it is read no further. */
export async function readText(request: IncomingMessage): Promise<string | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > MOST_BODY_BYTES) return undefined;
  const pieces: Buffer[] = [];
  let received = 0;
  for await (const piece of unended(request)) {
    received += piece.length;
    if (received > MOST_BODY_BYTES) return undefined;
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

/**
 * The pieces of a body. Whoever stops early can still answer: the connection is not ended with the reading.
 */
export const unended = (request: IncomingMessage): AsyncIterable<Buffer> =>
  request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;

/** Lets go of what is left of a body that nobody will read; ends the connection when it is endless. */
export function throwAway(request: IncomingMessage): void {
  if (request.complete) return;
  let received = 0;
  request.on('data', (piece: Buffer) => {
    received += piece.length;
    if (received > MOST_THROWN_AWAY_BYTES) request.destroy();
  });
  // Begins at once: with a body that nobody has begun to read, Node throws all of it away after the answer,
  // without an end.
  request.read(0);
}
