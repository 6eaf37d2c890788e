import { createHash } from 'node:crypto';
import type { PartTask } from './part-tasks';

type LookTask = Extract<PartTask, { do: 'look' }>;

/** A look at a chunk that is begun before its turn comes. */
export interface Ahead<T> {
  do: 'look-ahead';
  of: LookTask & { early?: Promise<T> };
}

/**
 * The tasks of each segment in their order, and before them those from some place of the segment on, to be
 * looked at ahead. The place is another one for every run and segment. So two processes that back up clones
 * at the same time do not walk side by side, both sending every chunk because the other has not quite got it
 * there yet: each sends what the other one then finds. What became of the chunks is written down in the order
 * of the disk all the same, because equal disks must give equal segments and packs.
 */
export async function* lookAhead<T>(
  tasks: AsyncIterable<PartTask>,
  run: string,
): AsyncGenerator<PartTask | Ahead<T>> {
  let ofSegment: PartTask[] = [];
  for await (const task of tasks) {
    ofSegment.push(task);
    if (task.do !== 'finish') continue;
    const looks = ofSegment.filter((each): each is LookTask => each.do === 'look');
    const first = Math.floor(shareOf(`${run}/${task.open.segment}`) * looks.length);
    if (first > 0) for (const of of looks.slice(first)) yield { do: 'look-ahead', of };
    yield* ofSegment;
    ofSegment = [];
  }
}

/** A number from 0 to 1 that is always the same for the same text. */
const shareOf = (text: string) => createHash('sha256').update(text).digest().readUInt32BE() / 2 ** 32;
