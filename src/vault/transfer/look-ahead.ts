import { createHash } from 'node:crypto';
import type { PartTask } from './part-tasks';

type LookTask = Extract<PartTask, { do: 'look' }>;

/** A look at a chunk that is begun before its turn comes. */
export interface Ahead<T> {
  do: 'look-ahead';
  of: LookTask & { early?: Promise<T> };
}

/** What decides at which chunk a walk begins, and when it goes on somewhere else. */
export interface Walk {
  /** Whose walk it is: each begins at a place of its own. */
  run: string;
  /** How many chunks it has sent so far that somebody else sent at the same moment. */
  met: () => number;
  /** How many looks are under way at once, at most. */
  atOnce: number;
}

/**
 * The tasks of each segment in their order, and before them the looks among them in another one, to be looked
 * at ahead: from some place of the segment on, and from another place whenever somebody is met at a chunk.
 * The places are others for every run and segment. So two processes that back up clones at the same time do
 * not walk side by side, both sending every chunk because the other has not quite got it there yet: each
 * sends what the other one then finds. What became of the chunks is written down in the order of the disk all
 * the same, because equal disks must give equal segments and packs.
 */
export async function* lookAhead<T>(
  tasks: AsyncIterable<PartTask>,
  walk: Walk,
): AsyncGenerator<PartTask | Ahead<T>> {
  let ofSegment: PartTask[] = [];
  for await (const task of tasks) {
    ofSegment.push(task);
    if (task.do !== 'finish') continue;
    const looks = ofSegment.filter((each): each is LookTask => each.do === 'look');
    for (const of of inWalkingOrder(looks, `${walk.run}/${task.open.segment}`, walk))
      yield { do: 'look-ahead', of };
    yield* ofSegment;
    ofSegment = [];
  }
}

/** Round and round through what is left, from a new place after every meeting. */
function* inWalkingOrder(looks: LookTask[], seed: string, { met, atOnce }: Walk): Generator<LookTask> {
  const left = [...looks];
  let jumps = 0;
  const somewhere = () => Math.floor(shareOf(`${seed}/${jumps++}`) * left.length);
  let at = somewhere();
  let metSoFar = met();
  // Who is met by looks that were under way when it jumped is not met at the new place.
  let underWay = 0;
  while (left.length > 0) {
    if (underWay === 0 && met() > metSoFar) {
      at = somewhere();
      underWay = atOnce;
    }
    if (underWay > 0) {
      underWay -= 1;
      metSoFar = met();
    }
    if (at >= left.length) at = 0;
    yield* left.splice(at, 1);
  }
}

/** A number from 0 to 1 that is always the same for the same text. */
const shareOf = (text: string) => createHash('sha256').update(text).digest().readUInt32BE() / 2 ** 32;
