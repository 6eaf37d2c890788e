import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { type DiskView, readView } from '../disks/disk-view';
import type { Effect } from '../faults/faults';
import type { ByteWindow } from './range';
import { vhdFooter } from './vhd-footer';

const PIECE_BYTES = 512 * 1024;
const pool: Buffer[] = [];

/** Faults that act on a body while it is sent. */
export type BodyEffect = Extract<Effect, { kind: 'cut' | 'slow' }>;

/**
 * Sends a window of a blob: file to pooled buffer to socket, with the next piece read while the last one is
 * on its way. Ends early, without an error, when the client goes away.
 */
export async function sendWindow(
  response: ServerResponse,
  view: DiskView,
  { start, end }: ByteWindow,
  effect?: BodyEffect,
  cleared?: AbortSignal,
): Promise<void> {
  const stopAt = effect?.kind === 'cut' ? Math.min(end, start + effect.afterBytes) : end;
  const slowness = () => (effect?.kind === 'slow' && !cleared?.aborted ? effect.bytesPerSecond : undefined);
  let sending: Promise<void> = Promise.resolve();
  for (let at = start; at < stopAt && !response.destroyed; ) {
    const buffer = pool.pop() ?? Buffer.allocUnsafeSlow(PIECE_BYTES);
    const bytesPerSecond = slowness();
    const pieceBytes = bytesPerSecond === undefined ? PIECE_BYTES : slowPieceBytes(bytesPerSecond);
    const piece = buffer.subarray(0, Math.min(pieceBytes, stopAt - at));
    await readBlob(view, at, piece);
    await sending;
    if (bytesPerSecond !== undefined) await pause((piece.length / bytesPerSecond) * 1000, cleared);
    sending = write(response, piece).finally(() => pool.push(buffer));
    at += piece.length;
  }
  await sending;
  if (effect?.kind === 'cut') response.destroy();
  else response.end();
}

/** A tenth of a second's worth, so that something arrives now and then however slow it is. */
function slowPieceBytes(bytesPerSecond: number): number {
  return Math.min(PIECE_BYTES, Math.max(1, Math.floor(bytesPerSecond / 10)));
}

/** Bytes of the blob: the disk's, and behind them the footer's. */
async function readBlob(view: DiskView, offset: number, into: Buffer): Promise<void> {
  const fromDisk = Math.max(0, Math.min(into.length, view.sizeBytes - offset));
  if (fromDisk > 0) await readView(view, offset, into.subarray(0, fromDisk));
  if (fromDisk < into.length)
    vhdFooter(view.sizeBytes).copy(into, fromDisk, offset + fromDisk - view.sizeBytes);
}

/** Resolves when the buffer may be used again, also if the connection is gone. */
function write(response: ServerResponse, piece: Buffer): Promise<void> {
  return new Promise((resolve) => {
    if (response.destroyed) resolve();
    else response.write(piece, () => resolve());
  });
}

/** Ends sooner when it is told to. */
const pause = (ms: number, signal?: AbortSignal): Promise<void> =>
  delay(ms, undefined, { signal }).catch(() => undefined);
