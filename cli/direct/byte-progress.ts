import { duration, size } from '../output/people';

export interface ByteProgress {
  /** So far, of so much; `words` tell what else there is to tell. */
  update(done: number, total: number, words?: string): void;
  end(): void;
}

const DRAW_EVERY_MS = 200;

/**
 * How far something is: on a terminal a line that is written over and over, with the rate and the time left;
 * elsewhere one line at the beginning.
 * @param of how `done` and `total` are said; bytes when left out
 */
export function byteProgress(
  what: string,
  stream: Pick<NodeJS.WriteStream, 'isTTY' | 'columns' | 'write'> = process.stderr,
  of: (amount: number) => string = (bytes) => size(bytes) ?? '',
): ByteProgress {
  if (!stream.isTTY) {
    stream.write(`${what}\n`);
    return { update: () => undefined, end: () => undefined };
  }
  const began = performance.now();
  let drawn = Number.NEGATIVE_INFINITY;
  return {
    update(done, total, words = '') {
      const now = performance.now();
      if (now - drawn < DRAW_EVERY_MS && done < total) return;
      drawn = now;
      const seconds = Math.max(0.001, (now - began) / 1000);
      const parts = [
        what,
        `${of(done)} of ${of(total)}`,
        `${total > 0 ? Math.floor((done / total) * 100) : 100} %`,
        `${of(done / seconds)}/s`,
        done > 0 && done < total ? `${duration((seconds * (total - done)) / done)} left` : '',
        words,
      ];
      const line = parts.filter(Boolean).join('  ');
      // A line that is as wide as the terminal wraps on some.
      stream.write(`\r\u001b[2K${line.slice(0, Math.max(20, (stream.columns || 80) - 1))}`);
    },
    end: () => void stream.write('\r\u001b[2K'),
  };
}
