import type { OrchestrationContext } from 'durable-functions';
import type { BackupPlan, DiskResult, DiskTransfer } from '../../activities/contract';
import type { BackupRequest } from '../../backup/backup-request';
import { chooseBase } from '../../backup/choose-base';
import type { Snapshot } from '../../compute/snapshot';
import { type JobDisk, untouchedDisk } from '../../jobs/job';
import type { Steps } from './call-activity';
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

/**
 * Transfers all disks in parallel and returns when every one of them has settled. The children return their failures and never
 * throw: `Task.all` would otherwise give up on the first failure while the others still read the snapshot.
 */
export function* transferDisks(
  context: OrchestrationContext,
  request: BackupRequest,
  plan: BackupPlan,
  snapshot: Snapshot,
): Steps<DiskResult[]> {
  const { jobId } = request;
  const children = snapshot.disks.map((source) => {
    const { diskId } = source;
    const previous = plan.previous.find((disk) => disk.diskId === diskId);
    const transfer = { jobId, diskId, source, base: chooseBase(source, previous) };
    const input: TransferDiskInput = { transfer, disk: waitingDisk(plan, diskId) };
    return context.df.callSubOrchestrator('transferDisk', input, diskInstanceId(jobId, diskId));
  });
  return yield context.df.Task.all(children);
}

function waitingDisk(plan: BackupPlan, diskId: string): JobDisk {
  const known = plan.disks.find((disk) => disk.diskId === diskId);
  return untouchedDisk(known ?? { diskId, name: diskId, sizeBytes: 0 }, 'waiting');
}
