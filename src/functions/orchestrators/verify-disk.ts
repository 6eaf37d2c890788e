import * as df from 'durable-functions';
import type { VerifiedDisk, VerifiedPart } from '../../activities/contract';
import type { Failure, Outcome } from '../../failures/failure';
import { damageFailure, diskDamage } from '../../jobs/disk-damage';
import { type JobDisk, untouchedDisk } from '../../jobs/job';
import { callActivity, type Steps } from '../../orchestration/steps/call-activity';
import { PARTS_PER_HISTORY } from '../../orchestration/steps/parts-per-history';
import { noDamage, sumDamage } from '../../vault/damage/damage';

interface VerifyDiskInput {
  order: VerifiedDisk;
  /** Present when an earlier history of the same verification has begun it. */
  begun?: { disk: JobDisk; report: VerifiedPart; parts: number; nextPart: number };
}

/** How the verification of one disk settled; `toTheEnd` when all of it was read, whatever was found. */
export type DiskVerification = { disk: JobDisk; report: VerifiedPart; toTheEnd: boolean } & (
  | { ok: true }
  | { ok: false; failure: Failure }
);

/** One disk of a recovery point, read back part by part. Returns how it settled; never throws. */
df.app.orchestration('verifyDisk', function* verifyDisk(context): Steps<DiskVerification | undefined> {
  const { order, begun }: VerifyDiskInput = context.df.getInput();
  const disk = begun?.disk ?? untouchedDisk(order, 'running');
  context.df.setCustomStatus(disk);
  let report = begun?.report ?? NOTHING_YET;
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
      context.df.continueAsNew({ order, begun: { disk, report, parts, nextPart: part } });
      return undefined;
    }
    context.df.setCustomStatus({ ...disk, part });
    const verified = yield* callActivity(context, 'verifyDiskPart', { ...order, part });
    if (verified.ok) {
      report = addReports(report, verified.value);
      disk.readBytes = report.checkedBytes + report.damagedBytes;
      disk.damage = diskDamage(report);
    } else outcome = verified;
  }
  const toTheEnd = outcome.ok;
  if (outcome.ok && report.damagedRanges > 0) {
    outcome = { ok: false, failure: damageFailure(order.jobId, [{ name: disk.name, damage: report }]) };
  }
  const settled: DiskVerification = outcome.ok
    ? { ok: true, toTheEnd, report, disk: { ...disk, state: 'done' } }
    : {
        ok: false,
        toTheEnd,
        report,
        disk: { ...disk, state: 'failed', error: outcome.failure },
        failure: outcome.failure,
      };
  context.df.setCustomStatus(settled.disk);
  return settled;
});

const NOTHING_YET: VerifiedPart = { checkedChunks: 0, checkedBytes: 0, skippedChunks: 0, ...noDamage() };

const addReports = (a: VerifiedPart, b: VerifiedPart): VerifiedPart => ({
  checkedChunks: a.checkedChunks + b.checkedChunks,
  checkedBytes: a.checkedBytes + b.checkedBytes,
  skippedChunks: a.skippedChunks + b.skippedChunks,
  ...sumDamage(a, b),
});
