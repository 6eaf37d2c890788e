import type { OrchestrationContext } from 'durable-functions';
import * as df from 'durable-functions';
import type { VerificationRequest, VerifiedDisk, VerifiedPart } from '../../activities/contract';
import type { Outcome } from '../../failures/failure';
import { damageFailure } from '../../jobs/disk-damage';
import type { JobDisk } from '../../jobs/job';
import { callActivity, type Steps } from '../../orchestration/steps/call-activity';
import { diskInstanceId } from '../../orchestration/steps/instance-ids';
import { finalState, type ProgressReport, reportProgress } from '../../orchestration/steps/job-progress';
import type { DiskVerification } from './verify-disk';

/**
 * Reads a recovery point back from the vault, all disks in parallel, and checks every byte; damage of one
 * disk keeps none of the others from being read. Never throws.
 */
df.app.orchestration('verifyPoint', function* verifyPoint(context): Steps<Outcome<unknown>> {
  const request: VerificationRequest = context.df.getInput();
  const progress = reportProgress(context);
  const disks: JobDisk[] = [];
  const outcome = yield* verifyAll(context, request, progress, disks);
  yield* callActivity(context, 'endJob', {
    jobId: request.jobId,
    state: finalState(outcome),
    shown: progress.shown,
    disks,
    error: outcome.ok ? undefined : outcome.failure,
  });
  return outcome;
});

function* verifyAll(
  context: OrchestrationContext,
  request: VerificationRequest,
  progress: ProgressReport,
  disks: JobDisk[],
): Steps<Outcome<unknown>> {
  progress.show({ phase: 'prepare', recoveryPoint: request.pointId });
  const begun = yield* callActivity(context, 'beginJob', request);
  if (!begun.ok) return begun;
  progress.setClock(begun.value.at);
  const plan = yield* callActivity(context, 'prepareVerification', request);
  if (!plan.ok) return plan;
  const orders: VerifiedDisk[] = plan.value.disks;
  progress.show({ phase: 'verify', diskIds: orders.map(({ diskId }) => diskId) });
  const children = orders.map((order) =>
    context.df.callSubOrchestrator('verifyDisk', { order }, diskInstanceId(request.jobId, order.diskId)),
  );
  const results: DiskVerification[] = yield context.df.Task.all(children);
  disks.push(...results.map(({ disk }) => disk));
  for (const { disk, report } of results)
    if (report.damagedDigests > 0) progress.warn(digestsWarning(disk.name, report));
  const broken = results.find((result) => !result.toTheEnd);
  if (broken) return broken.ok ? { ok: true, value: undefined } : broken;
  const evidence = results.map(({ disk: { diskId }, report: { firstDamage: _first, ...counts } }) => ({
    diskId,
    ...counts,
  }));
  const recorded = yield* callActivity(context, 'recordVerification', { ...request, disks: evidence });
  if (!recorded.ok) progress.warn(`${recorded.failure.code}: ${recorded.failure.message}`);
  if (results.every((result) => result.ok)) return { ok: true, value: undefined };
  const damaged = results.map(({ disk: { name }, report }) => ({ name, damage: report }));
  return { ok: false, failure: damageFailure(request.jobId, damaged) };
}

const digestsWarning = (diskName: string, { damagedDigests }: VerifiedPart): string =>
  `The disk ${diskName}: digests of ${damagedDigests} ranges are damaged. No byte is lost; the next backup compares the disk and writes them again.`;
