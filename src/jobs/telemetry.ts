import { metrics, type Span, SpanStatusCode, trace } from '@opentelemetry/api';
import { sumOf } from '../basics/sum-of';
import type { Outcome } from '../failures/failure';
import type { Job } from './job';

/**
 * Spans and metrics through the OpenTelemetry API alone: without an SDK in the process every call below does
 * nothing. Names of VMs and jobs go into spans only; metrics keep few dimensions.
 */
const NAME = 'durable-vm-backup';

/** Runs an activity in a span of its own. */
export function inSpan<T>(
  activity: string,
  jobId: string,
  work: () => Promise<Outcome<T>>,
): Promise<Outcome<T>> {
  return trace.getTracer(NAME).startActiveSpan(`activity ${activity}`, async (span: Span) => {
    span.setAttribute('backup.job', jobId);
    try {
      const outcome = await work();
      if (!outcome.ok) {
        span.setAttribute('backup.failure', outcome.failure.code);
        span.setStatus({ code: SpanStatusCode.ERROR, message: outcome.failure.code });
      }
      return outcome;
    } finally {
      span.end();
    }
  });
}

/** Counts an ended job: how many, how long, how many bytes. */
export function countJob(job: Job): void {
  const meter = metrics.getMeter(NAME);
  const dimensions = { kind: job.kind, state: job.state, failure: job.error?.code ?? 'none' };
  meter.createCounter('backup.jobs', { description: 'Jobs that ended' }).add(1, dimensions);
  const bytes = (name: string) => meter.createCounter(name, { unit: 'By' });
  bytes('backup.read').add(
    sumOf(job.disks, (disk) => disk.readBytes),
    { kind: job.kind },
  );
  bytes('backup.sent').add(
    sumOf(job.disks, (disk) => disk.sentBytes),
    { kind: job.kind },
  );
  if (job.startedAt === undefined || job.endedAt === undefined) return;
  const seconds = (Date.parse(job.endedAt) - Date.parse(job.startedAt)) / 1000;
  meter.createHistogram('backup.job.duration', { unit: 's' }).record(seconds, dimensions);
}

/** The backups that were due when the scheduler looked. */
export const countDue = (due: number): void =>
  metrics.getMeter(NAME).createGauge('backup.due', { description: 'Backups that are due' }).record(due);
