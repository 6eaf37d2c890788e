import { addMoved, type MovedBytes, nothingMoved } from '../../disks/disk-bytes';
import { noCounts, type TransferCounts } from '../format/counts';
import type { StoredPlan } from '../runs/plan-document';
import { changedBlocksStep } from './changed-blocks-step';
import { checksumStep, clearStep } from './checksum-step';
import type { ChunkOutcome } from './chunk-outcome';
import type { DigestsOf } from './count-changes';
import { digestReader } from './digest-reader';
import type { Ahead } from './look-ahead';
import type { PartTask } from './part-tasks';
import type { TransferContext } from './transfer-context';

/**
 * Patches in memory that wait to be written down in their order; no further chunk is looked at while there
 * are more. As many again may be of chunks that were looked at ahead.
 */
const PATCH_BYTES_WAITING = 8 * 1024 ** 2;

/** What a look came to. Nothing yet for one ahead, and for the end of a segment. */
export interface Looked {
  item: PartTask | Ahead<Looked>;
  outcome?: ChunkOutcome;
  counts: TransferCounts;
  /** It was done before its turn. */
  ahead?: true;
}

type ChunkItem = Exclude<PartTask, { do: 'finish' }>;

/** Looks at chunks side by side, within bounds. The first error ends all looks that are under way. */
export function chunkLooker(context: TransferContext, plan: StoredPlan) {
  const digestsOf = digestReader(context.store, context.healing);
  // What the first error is about ends the others: they would only keep memory, and others waiting for it.
  const firstError = new AbortController();
  const signal = AbortSignal.any([firstError.signal, ...(context.signal ? [context.signal] : [])]);
  const movedAhead = nothingMoved();
  let patchBytesWaiting = 0;
  let patchBytesAhead = 0;

  // Each chunk counts for itself until it is written down: a checkpoint never counts what will be done again.
  async function work(item: ChunkItem): Promise<Looked> {
    const counts = noCounts();
    const account = { ...context.account, segment: item.open.segment, counts };
    try {
      const own = { ...context, counts, signal, account };
      return { item, outcome: await outcomeOf(own, plan, item, digestsOf), counts };
    } catch (error) {
      firstError.abort(error);
      throw signal.reason;
    }
  }

  async function workAhead(item: ChunkItem): Promise<Looked> {
    const looked = await work(item);
    patchBytesAhead += patchBytesOf(looked.outcome);
    addMoved(movedAhead, looked.counts);
    context.progress(movedAhead);
    return { ...looked, ahead: true };
  }

  return {
    async look(item: PartTask | Ahead<Looked>): Promise<Looked> {
      const nothing = { item, counts: noCounts() };
      if (item.do === 'finish') return nothing;
      if (item.do === 'look-ahead') {
        if (patchBytesAhead >= PATCH_BYTES_WAITING) return nothing;
        item.of.early = workAhead(item.of);
        await item.of.early;
        return nothing;
      }
      const early = 'early' in item ? (item as Ahead<Looked>['of']).early : undefined;
      const looked = await (early ?? work(item));
      patchBytesWaiting += patchBytesOf(looked.outcome);
      return looked;
    },

    /** False while too much waits to be written down. */
    hasRoom: () => patchBytesWaiting < PATCH_BYTES_WAITING,

    /** Hears that what became of a chunk is written down. */
    recorded({ outcome, counts, ahead }: Looked): void {
      patchBytesWaiting -= patchBytesOf(outcome);
      if (ahead) {
        patchBytesAhead -= patchBytesOf(outcome);
        addMoved(movedAhead, negative(counts));
      }
      context.progress(movedAhead);
    },
  };
}

async function outcomeOf(
  context: TransferContext,
  { mode }: StoredPlan,
  item: ChunkItem,
  digestsOf: DigestsOf,
): Promise<ChunkOutcome> {
  const { base } = item.task;
  if (item.do === 'clear') return base ? clearStep(context, base, digestsOf) : { kind: 'unchanged' };
  return mode === 'changed-blocks'
    ? changedBlocksStep(context, item.task, digestsOf)
    : checksumStep(context, item.task, digestsOf);
}

/** What a sealed patch that waits to be written down takes in memory. */
const patchBytesOf = (outcome: ChunkOutcome | undefined): number =>
  outcome?.kind === 'patch' ? (outcome.data?.envelope.length ?? 0) : 0;

const negative = ({ changedBytes, zeroedBytes, readBytes, sentBytes, storedBytes }: MovedBytes) => ({
  changedBytes: -changedBytes,
  zeroedBytes: -zeroedBytes,
  readBytes: -readBytes,
  sentBytes: -sentBytes,
  storedBytes: -storedBytes,
});
