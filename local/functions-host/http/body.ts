import type { IncomingMessage } from 'node:http';
import { HostError } from '../basics/errors';

const MOST_BODY_BYTES = 104_857_600;
/**
 * So much of a body that nobody wants is thrown away, for clients that look for the answer only when they
 * have sent all.
 */
const MOST_THROWN_AWAY_BYTES = 16 * 1024 * 1024;

/**
 * As much as Azure Functions takes ("App settings reference"). @throws HostError when the setting is no
 * number of bytes.
 */
export function mostBodyBytes({ FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: setting }: NodeJS.ProcessEnv): number {
  if (setting === undefined) return MOST_BODY_BYTES;
  if (/^[1-9]\d{0,8}$/.test(setting)) return Number(setting);
  throw new HostError(
    `FUNCTIONS_REQUEST_BODY_SIZE_LIMIT is "${setting}".`,
    'Set it to a number of bytes, or leave it out.',
  );
}

/** The body of a request is larger than the host takes. */
export class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge';
  constructor(readonly mostBytes: number) {
    super(`A body of more than ${mostBytes} bytes is not read.`);
  }
}

/**
 * Reads a body that is not too large. One that announces more is not begun.
 * @throws BodyTooLarge
 */
export async function readBody(raw: IncomingMessage, mostBytes: number): Promise<Buffer> {
  if (Number(raw.headers['content-length'] ?? 0) > mostBytes) throw new BodyTooLarge(mostBytes);
  const pieces: Buffer[] = [];
  let received = 0;
  // What is left of it must not end the connection before the answer is out.
  for await (const piece of raw.iterator({ destroyOnReturn: false })) {
    received += (piece as Buffer).length;
    if (received > mostBytes) throw new BodyTooLarge(mostBytes);
    pieces.push(piece as Buffer);
  }
  return Buffer.concat(pieces);
}

/** Lets go of what is left of a body that nobody will read; ends the connection when it is endless. */
export function throwAway(raw: IncomingMessage): void {
  if (raw.complete) return;
  let received = 0;
  raw.on('data', (piece: Buffer) => {
    received += piece.length;
    if (received > MOST_THROWN_AWAY_BYTES) raw.destroy();
  });
  // Begins at once: with a body that nobody has begun to read, Node throws all of it away after the answer,
  // without an end.
  raw.read(0);
}
