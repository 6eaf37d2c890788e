import type { ByteRange } from '../../src/disks/ports';
import { BLOCK_BYTES, CHUNK_BYTES } from '../../src/vault/format/geometry';
import { addRun, piecesOf, type Run, type ServedDisk } from '../disk/served-disk';
import { BLOCK, type BlockRunOf, type BlockState, setState, stateRuns } from './block-states';
import { inTurn } from './in-turn';
import type { OverlayFile } from './overlay-file';

/** A disk of a point that can be written: what is written goes to the overlay, and is read from there. */
export function overlaidDisk(base: ServedDisk, overlay: OverlayFile): ServedDisk {
  const { sizeBytes } = base;
  // Writes to one chunk take turns: two that share a block may not both take it from the vault.
  const turns = inTurn();
  const chunkOf = (offset: number) => Math.floor(offset / CHUNK_BYTES);

  /** A piece of one chunk, cut where the states of its blocks change. */
  function runsIn(piece: ByteRange): (ByteRange & { state: BlockState })[] {
    const chunk = chunkOf(piece.offset);
    const start = chunk * CHUNK_BYTES;
    const from = Math.floor((piece.offset - start) / BLOCK_BYTES);
    const to = Math.ceil((piece.offset + piece.length - start) / BLOCK_BYTES);
    const clip = ({ start: first, count, state }: BlockRunOf) => {
      const offset = Math.max(piece.offset, start + first * BLOCK_BYTES);
      const end = Math.min(piece.offset + piece.length, start + (first + count) * BLOCK_BYTES);
      return { offset, length: end - offset, state };
    };
    return stateRuns(overlay.states(chunk), from, to).map(clip);
  }

  async function fill(target: Buffer, run: ByteRange & { state: BlockState }): Promise<void> {
    if (run.state === BLOCK.data) await overlay.read(run.offset, target);
    else if (run.state === BLOCK.zeros) target.fill(0);
    else
      await base.view(run, (bytes) => {
        if (bytes) bytes.copy(target);
        else target.fill(0);
      });
  }

  async function readPiece(piece: ByteRange, runs = runsIn(piece)): Promise<Buffer> {
    const bytes = Buffer.allocUnsafe(piece.length);
    for (const run of runs) {
      const from = run.offset - piece.offset;
      await fill(bytes.subarray(from, from + run.length), run);
    }
    return bytes;
  }

  function mark({ offset, length }: ByteRange, state: BlockState): void {
    const chunk = chunkOf(offset);
    const states = overlay.changeStates(chunk);
    const first = (offset - chunk * CHUNK_BYTES) / BLOCK_BYTES;
    for (let block = 0; block * BLOCK_BYTES < length; block += 1) setState(states, first + block, state);
  }

  /** Writes to one chunk; blocks that are written in part are completed from where they are now. */
  async function writePiece(piece: ByteRange, bytes: Buffer): Promise<void> {
    const whole = wholeBlocks(piece, sizeBytes);
    let content = bytes;
    if (whole.offset !== piece.offset || whole.length !== piece.length) {
      content = await readPiece(whole);
      bytes.copy(content, piece.offset - whole.offset);
    }
    await overlay.write(whole.offset, content);
    mark(whole, BLOCK.data);
  }

  async function clearPiece(piece: ByteRange): Promise<void> {
    const inside = blocksInside(piece, sizeBytes);
    const end = piece.offset + piece.length;
    if (inside.length > 0) mark(inside, BLOCK.zeros);
    const rests =
      inside.length > 0
        ? [
            { offset: piece.offset, length: inside.offset - piece.offset },
            { offset: inside.offset + inside.length, length: end - inside.offset - inside.length },
          ]
        : [piece];
    for (const rest of rests) if (rest.length > 0) await writePiece(rest, Buffer.alloc(rest.length));
  }

  const alone = (piece: ByteRange, work: () => Promise<void>) => turns(chunkOf(piece.offset), work);

  return {
    sizeBytes,

    async view(piece, use) {
      const runs = runsIn(piece);
      const [first] = runs;
      if (runs.length === 1 && first?.state === BLOCK.vault) return base.view(piece, use);
      if (runs.length === 1 && first?.state === BLOCK.zeros) return use(undefined);
      return use(await readPiece(piece, runs));
    },

    async runs(range, limit) {
      const runs: Run[] = [];
      for (const piece of piecesOf(range, CHUNK_BYTES)) {
        if (runs.length > limit) break;
        for (const run of runsIn(piece)) {
          if (run.state !== BLOCK.vault) addRun(runs, run.length, run.state === BLOCK.zeros);
          else for (const { length, hole } of await base.runs(run, limit)) addRun(runs, length, hole);
        }
      }
      return runs.slice(0, limit);
    },

    prefetch: (range) => base.prefetch(range),

    writes: {
      async write(offset, bytes) {
        for (const piece of piecesOf({ offset, length: bytes.length }, CHUNK_BYTES)) {
          const from = piece.offset - offset;
          await alone(piece, () => writePiece(piece, bytes.subarray(from, from + piece.length)));
        }
      },
      async clear(range) {
        for (const piece of piecesOf(range, CHUNK_BYTES)) await alone(piece, () => clearPiece(piece));
      },
      flush: () => overlay.sync(),
    },

    async close() {
      await base.close();
      await overlay.close();
    },
  };
}

/** The blocks that a range touches; the last one of a disk may be short. */
function wholeBlocks({ offset, length }: ByteRange, sizeBytes: number): ByteRange {
  const start = offset - (offset % BLOCK_BYTES);
  const end = Math.min(sizeBytes, Math.ceil((offset + length) / BLOCK_BYTES) * BLOCK_BYTES);
  return { offset: start, length: end - start };
}

/** The blocks that lie in a range with all that they have. */
function blocksInside({ offset, length }: ByteRange, sizeBytes: number): ByteRange {
  const start = Math.ceil(offset / BLOCK_BYTES) * BLOCK_BYTES;
  const end = offset + length;
  const last = end === sizeBytes ? end : end - (end % BLOCK_BYTES);
  return { offset: start, length: Math.max(0, last - start) };
}
