import * as df from 'durable-functions';
import type { VerifiedDisk } from '../../activities/contract';
import { backupError, type Failure, type Outcome } from '../../failures/failure';
import { type JobDisk, untouchedDisk } from '../../jobs/job';
import { callActivity, type Steps } from '../../orchestration/steps/call-activity';
import { PARTS_PER_HISTORY } from '../../orchestration/steps/parts-per-history';
import type { VerifyReport } from '../../vault/verify';

interface VerifyDiskInput {
  order: VerifiedDisk;
  /** Present when an earlier history of the same verification has begun it. */
  begun?: { disk: JobDisk; report: VerifyReport; parts: number; nextPart: number };
}

/** How the verification of one disk settled. */
export type DiskVerification = { disk: JobDisk; report: VerifyReport } & (
  | { ok: true }
  | { ok: false; failure: Failure }
);

/** Runs of damage that are reported of one disk; all of it is counted. */
const DAMAGE_SHOWN = 50;

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
      disk.readBytes = report.checkedBytes;
    } else outcome = verified;
  }
  if (outcome.ok && report.damagedBytes > 0) outcome = { ok: false, failure: damageOf(disk, report) };
  const settled: DiskVerification = outcome.ok
    ? { ok: true, report, disk: { ...disk, state: 'done' } }
    : {
        ok: false,
        report,
        disk: { ...disk, state: 'failed', error: outcome.failure },
        failure: outcome.failure,
      };
  context.df.setCustomStatus(settled.disk);
  return settled;
});

const NOTHING_YET: VerifyReport = {
  checkedChunks: 0,
  checkedBytes: 0,
  skippedChunks: 0,
  damagedBytes: 0,
  damage: [],
};

const addReports = (a: VerifyReport, b: VerifyReport): VerifyReport => ({
  checkedChunks: a.checkedChunks + b.checkedChunks,
  checkedBytes: a.checkedBytes + b.checkedBytes,
  skippedChunks: a.skippedChunks + b.skippedChunks,
  damagedBytes: a.damagedBytes + b.damagedBytes,
  damage: [...a.damage, ...b.damage].slice(0, DAMAGE_SHOWN),
});

function damageOf({ name }: JobDisk, { damagedBytes, damage: [first] }: VerifyReport): Failure {
  const where = first ? `, the first at byte ${first.offset} (${first.code}: ${first.object})` : '';
  return backupError('VaultObjectDamaged', `${damagedBytes} bytes of the disk ${name} are damaged${where}.`)
    .failure;
}
