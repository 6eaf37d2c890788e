import * as df from 'durable-functions';
import type { VerifiedDisk } from '../activities/contract';
import type { Failure, Outcome } from '../failures/failure';
import type { JobDisk } from '../jobs/job';
import { callActivity, type Steps } from './orchestration/call-activity';

/** Keeps one history far below 1,000 events, whatever the disk's size: after so many parts the orchestration starts anew. */
const PARTS_PER_HISTORY = 100;

interface VerifyDiskInput {
  order: VerifiedDisk;
  /** Present when an earlier history of the same verification has begun it. */
  begun?: { disk: JobDisk; parts: number; nextPart: number };
}

/** How the verification of one disk settled. */
export type DiskVerification = { ok: true; disk: JobDisk } | { ok: false; disk: JobDisk; failure: Failure };

/** One disk of a recovery point, read back part by part. Returns how it settled; never throws. */
df.app.orchestration('verifyDisk', function* verifyDisk(context): Steps<DiskVerification | undefined> {
  const { order, begun }: VerifyDiskInput = context.df.getInput();
  const disk = begun?.disk ?? runningDisk(order);
  context.df.setCustomStatus(disk);
  let parts = begun?.parts ?? 0;
  let outcome: Outcome<unknown> = { ok: true, value: undefined };
  if (!begun) {
    const plan = yield* callActivity(context, 'planDiskVerification', order);
    if (plan.ok) {
      parts = plan.value.parts;
      disk.plannedBytes = plan.value.bytes;
    } else outcome = plan;
  }
  const first = begun?.nextPart ?? 0;
  for (let part = first; outcome.ok && part < parts; part++) {
    if (part - first === PARTS_PER_HISTORY) {
      context.df.continueAsNew({ order, begun: { disk, parts, nextPart: part } });
      return undefined;
    }
    context.df.setCustomStatus({ ...disk, part });
    const verified = yield* callActivity(context, 'verifyDiskPart', { ...order, part });
    if (verified.ok) disk.readBytes += verified.value.readBytes;
    else outcome = verified;
  }
  const settled: DiskVerification = outcome.ok
    ? { ok: true, disk: { ...disk, state: 'done' } }
    : { ok: false, disk: { ...disk, state: 'failed', error: outcome.failure }, failure: outcome.failure };
  context.df.setCustomStatus(settled.disk);
  return settled;
});

const runningDisk = ({ diskId, name, sizeBytes }: VerifiedDisk): JobDisk => ({
  diskId,
  name,
  sizeBytes,
  state: 'running',
  plannedBytes: 0,
  readBytes: 0,
  changedBytes: 0,
  uploadedBytes: 0,
});
