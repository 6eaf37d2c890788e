import { CHUNK_BYTES } from '../../src/vault/format/geometry';
import { piecesOf, type ServedDisk } from '../disk/served-disk';
import { COMMAND_FLAG } from '../protocol/constants';
import { dataHead, errorReply, holeReply, simpleReply } from '../protocol/replies';
import type { Request } from '../protocol/request';
import { errorOf } from './error-of';
import type { Session } from './handshake';
import { type Peer, PIECE_BYTES } from './peer';

/** One large reply that has to be in memory whole, at a time. */
export type LargeReplies = <T>(work: () => Promise<T>) => Promise<T>;

/** Work that waits for its turn. */
export function oneAtATime(): LargeReplies {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return mine;
  };
}

/**
 * Answers a READ whose range is sound. Throws what could not be read while nothing was sent; `onError` hears
 * of it where the reply has begun, and tells the client itself.
 */
export async function answerRead(
  peer: Peer,
  request: Request,
  { structured, export: { disk } }: Session,
  { large, onError }: { large: LargeReplies; onError: (error: unknown) => void },
): Promise<void> {
  if (structured && (request.flags & COMMAND_FLAG.df) === 0) return sendPieces(peer, request, disk, onError);
  const head = structured
    ? dataHead(request.cookie, request.offset, request.length, true)
    : simpleReply(request.cookie, 0);
  const sendWhole = async () => {
    await peer.reserve(request.length);
    const bytes = await readWhole(disk, request).catch((error: unknown) => {
      peer.release(request.length);
      throw error;
    });
    await peer.sendOwn(head, bytes);
  };
  return request.length > CHUNK_BYTES ? large(sendWhole) : sendWhole();
}

/**
 * Sends the data and the holes of a range one after another as they are had. At the first that cannot be
 * read the reply ends with its place.
 */
async function sendPieces(
  peer: Peer,
  request: Request,
  disk: ServedDisk,
  onError: (error: unknown) => void,
): Promise<void> {
  const { cookie, offset, length } = request;
  const end = offset + length;
  let hole: { offset: number; length: number } | undefined;
  const sendHole = (done: boolean) => {
    if (hole) peer.send(holeReply(cookie, hole.offset, hole.length, done));
    hole = undefined;
  };
  for (const piece of piecesOf(request, PIECE_BYTES)) {
    const done = piece.offset + piece.length === end;
    await peer.reserve(piece.length);
    try {
      await disk.view(piece, (bytes) => {
        if (bytes) {
          sendHole(false);
          peer.sendData(dataHead(cookie, piece.offset, piece.length, done), bytes);
          return;
        }
        hole ??= { offset: piece.offset, length: 0 };
        hole.length += piece.length;
        peer.release(piece.length);
      });
    } catch (error) {
      peer.release(piece.length);
      sendHole(false);
      onError(error);
      const { code, words } = errorOf(error);
      peer.send(errorReply(cookie, code, words, piece.offset));
      return;
    }
    if (peer.isGone) return;
  }
  sendHole(true);
}

async function readWhole(disk: ServedDisk, range: Request): Promise<Buffer> {
  const whole = Buffer.alloc(range.length);
  for (const piece of piecesOf(range, CHUNK_BYTES))
    await disk.view(piece, (bytes) => bytes?.copy(whole, piece.offset - range.offset));
  return whole;
}
