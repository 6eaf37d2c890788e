import type { OrchestrationContext } from 'durable-functions';
import type { DiskResult, TakenSnapshot } from '../../activities/contract';
import type { BackupPlan } from '../../backup/prepare-backup';
import type { DiskTransfer } from '../../backup/run-documents';
import type { Outcome } from '../../failures/failure';
import type { BackupRequest } from '../../jobs/backup-request';
import { type JobDisk, untouchedDisk } from '../../jobs/job';
import { callActivity, type Steps } from './call-activity';
import { diskInstanceId } from './instance-ids';

/** What the sub-orchestration of one disk is given. */
export interface TransferDiskInput {
  transfer: DiskTransfer;
  disk: JobDisk;
  /** Present when an earlier history of the same transfer has begun it. */
  planned?: PlannedTransfer;
}

/** A transfer that has its access and its plan; `nextPart` is where it goes on. */
export interface PlannedTransfer {
  transfer: DiskTransfer;
  parts: number;
  nextPart: number;
}

/** How many disks one message tells of: far below the 45 KiB from which messages are kept elsewhere. */
const PAGE = 16;

/**
 * Transfers all disks in parallel and returns when every one of them has settled. The children return their
 * failures and never throw: `Task.all` would otherwise give up on the first failure while the others still
 * read the snapshot.
 */
export function* transferDisks(
  context: OrchestrationContext,
  { jobId }: BackupRequest,
  plan: BackupPlan,
  { diskIds }: TakenSnapshot,
): Steps<Outcome<DiskResult[]>> {
  const transfers: DiskTransfer[] = [];
  for (let from = 0; from < diskIds.length; from += PAGE) {
    const page = yield* callActivity(context, 'listTransfers', { jobId, from, count: PAGE });
    if (!page.ok) return page;
    transfers.push(...page.value.transfers);
  }
  const children = transfers.map((transfer) => {
    const { diskId } = transfer;
    const input: TransferDiskInput = { transfer, disk: waitingDisk(plan, diskId) };
    return context.df.callSubOrchestrator('transferDisk', input, diskInstanceId(jobId, diskId));
  });
  return { ok: true, value: yield context.df.Task.all(children) };
}

/** Notes what the manifest says of each disk, for the commit; returns the number of pages that it takes. */
export function* noteTransfers(
  context: OrchestrationContext,
  jobId: string,
  transferred: Extract<DiskResult, { ok: true }>[],
): Steps<Outcome<number>> {
  let pages = 0;
  for (let from = 0; from < transferred.length; from += PAGE) {
    const disks = transferred
      .slice(from, from + PAGE)
      .map(({ disk: { diskId, name, reason }, summary }) => ({ diskId, name, reason, summary }));
    const noted = yield* callActivity(context, 'noteTransfers', { jobId, page: pages++, disks });
    if (!noted.ok) return noted;
  }
  return { ok: true, value: pages };
}

function waitingDisk(plan: BackupPlan, diskId: string): JobDisk {
  const known = plan.disks.find((disk) => disk.diskId === diskId);
  return untouchedDisk(known ?? { diskId, name: diskId, sizeBytes: 0 }, 'waiting');
}
