import type { ByteRange } from '../../src/disks/ports';
import { type DiskWrites, piecesOf } from '../disk/served-disk';
import { COMMAND, COMMAND_FLAG, ERROR, MAX_PAYLOAD_BYTES, STATE } from '../protocol/constants';
import { doneReply, errorReply, simpleReply, statusReply } from '../protocol/replies';
import { decodeRequest, REQUEST_BYTES, type Request } from '../protocol/request';
import { checkRequest } from './check-request';
import { errorOf } from './error-of';
import type { Session } from './handshake';
import { type Peer, PIECE_BYTES } from './peer';
import { answerRead, type LargeReplies } from './read-command';

/** Requests of one client that are worked on at once; nbdcopy has 64 under way. */
const REQUESTS_AT_ONCE = 64;
/** Runs told in one answer about the state of a range. */
const RUNS_AT_ONCE = 4096;

export interface Transmission {
  peer: Peer;
  session: Session;
  large: LargeReplies;
  /** Hears of everything that went wrong; a client is told only that it did. */
  onError: (error: unknown) => void;
}

/**
 * Answers the requests of a client until it leaves or breaks the rules; everything begun has settled then.
 */
export async function transmit(transmission: Transmission): Promise<void> {
  const { peer } = transmission;
  const running = new Set<Promise<void>>();
  try {
    for (;;) {
      const head = await peer.read(REQUEST_BYTES);
      const request = head && decodeRequest(head);
      if (!request || request.command === COMMAND.disconnect) return;
      if (request.command === COMMAND.write) {
        // Its data are next on the connection, so it is done before anything else is heard.
        if (!(await answerWrite(transmission, request))) return;
        continue;
      }
      const work = answer(transmission, request).finally(() => running.delete(work));
      running.add(work);
      if (running.size >= REQUESTS_AT_ONCE) await Promise.race(running);
    }
  } finally {
    await Promise.allSettled(running);
  }
}

/** Answers a request, whatever comes of it; never throws. */
async function answer(transmission: Transmission, request: Request): Promise<void> {
  const { peer, session } = transmission;
  try {
    const refusal = checkRequest(request, session);
    if (refusal) refuse(peer, session, request, refusal.error, refusal.words);
    else await carryOut(transmission, request);
  } catch (error) {
    fail(transmission, request, error);
  }
}

async function carryOut(transmission: Transmission, request: Request): Promise<void> {
  const { peer, session } = transmission;
  const { disk } = session.export;
  const { cookie, command, flags } = request;
  switch (command) {
    case COMMAND.read:
      return answerRead(peer, request, session, transmission);
    case COMMAND.blockStatus: {
      const runs = await disk.runs(request, (flags & COMMAND_FLAG.reqOne) !== 0 ? 1 : RUNS_AT_ONCE);
      const states = runs.map(({ length, hole }) => ({ length, state: hole ? STATE.hole : STATE.data }));
      peer.send(statusReply(cookie, session.allocation ?? 0, states));
      return;
    }
    case COMMAND.cache:
      await disk.prefetch(request);
      break;
    default:
      if (disk.writes) await change(disk.writes, request);
  }
  peer.send(session.structured ? doneReply(cookie) : simpleReply(cookie, ERROR.none));
}

/** TRIM, WRITE_ZEROES and FLUSH. */
async function change(writes: DiskWrites, request: Request): Promise<void> {
  const { command, flags } = request;
  if (command === COMMAND.writeZeroes && (flags & COMMAND_FLAG.noHole) !== 0)
    await writeZeros(writes, request);
  else if (command !== COMMAND.flush) await writes.clear(request);
  if (command === COMMAND.flush || (flags & COMMAND_FLAG.fua) !== 0) await writes.flush();
}

const ZEROS = Buffer.alloc(PIECE_BYTES);

/** Who forbids holes wants the room to be there. */
async function writeZeros(writes: DiskWrites, range: ByteRange): Promise<void> {
  for (const { offset, length } of piecesOf(range, PIECE_BYTES))
    await writes.write(offset, ZEROS.subarray(0, length));
}

/**
 * Takes the data of a WRITE off the connection piece by piece, so that no more than a piece is ever held, and
 * answers it. False when the client left, or sent more than may be passed over.
 */
async function answerWrite(transmission: Transmission, request: Request): Promise<boolean> {
  const { peer, session } = transmission;
  const refusal = checkRequest(request, session);
  const { writes } = session.export.disk;
  if (refusal || !writes) {
    if (request.length > MAX_PAYLOAD_BYTES || !(await peer.skip(request.length))) return false;
    refuse(peer, session, request, refusal?.error ?? ERROR.permission, refusal?.words ?? '');
    return true;
  }
  let failure: { error: unknown } | undefined;
  for (const { offset, length } of piecesOf(request, PIECE_BYTES)) {
    const bytes = await peer.read(length);
    if (!bytes) return false;
    if (failure) continue;
    await writes.write(offset, bytes).catch((error: unknown) => {
      failure = { error };
    });
  }
  try {
    if (failure) throw failure.error;
    if ((request.flags & COMMAND_FLAG.fua) !== 0) await writes.flush();
    peer.send(session.structured ? doneReply(request.cookie) : simpleReply(request.cookie, ERROR.none));
  } catch (error) {
    fail(transmission, request, error);
  }
  return true;
}

function fail({ peer, session, onError }: Transmission, request: Request, error: unknown): void {
  const { code, words } = errorOf(error);
  onError(error);
  refuse(peer, session, request, code, words);
}

function refuse(
  peer: Peer,
  { structured }: Session,
  { cookie }: Request,
  error: number,
  words: string,
): void {
  peer.send(structured ? errorReply(cookie, error, words) : simpleReply(cookie, error));
}
