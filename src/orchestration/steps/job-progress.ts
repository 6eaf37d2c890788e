import type { OrchestrationContext } from 'durable-functions';
import { addSeconds, secondsBetween } from '../../basics/time';
import type { Outcome } from '../../failures/failure';
import { endPhases, type JobPhase, type JobProgress } from '../../jobs/job';

/** Collects what a running job has to show, and shows it as custom status after each change. */
export interface ProgressReport {
  readonly shown: JobProgress;
  show(change: JobProgress): void;
  warn(warning: string): void;
  /**
   * From here on phases are dated by the storage service's clock, which shows `at` now, as the record of the
   * job is: the host's may be days off.
   */
  setClock(at: string | undefined): void;
  /** How far that clock is ahead of the orchestrator's, for the next history of the same orchestration. */
  readonly clockAheadMs: number;
}

/** The custom status of an orchestration may have 16 KiB. */
const MAX_WARNINGS = 16;
const MAX_WARNING = 300;

/**
 * Phases get their times from the orchestrator's clock, which is the same again on replay, moved to that of
 * the storage service. `before` and `aheadBeforeMs` are of an earlier history of the same orchestration.
 */
export function reportProgress(
  context: OrchestrationContext,
  before: JobProgress = {},
  aheadBeforeMs = 0,
): ProgressReport {
  const shown: JobProgress = { ...before };
  let aheadMs = aheadBeforeMs;
  const timeNow = () => moved(context.df.currentUtcDateTime.toISOString(), aheadMs);
  const warn = (warning: string) => {
    const { warnings = [] } = shown;
    const told = warning.slice(0, MAX_WARNING);
    // What is said once is said: a lock keeps every snapshot of a VM.
    if (warnings.includes(told)) return;
    show({ warnings: fitWarnings([...warnings, told]) });
  };
  const show = (change: JobProgress) => {
    if (change.phase !== undefined && change.phase !== shown.phase) {
      shown.phases = nextPhase(shown.phases, change.phase, timeNow());
    }
    Object.assign(shown, change);
    context.df.setCustomStatus({ ...shown });
  };
  const setClock = (at: string | undefined) => {
    if (at === undefined) return;
    const isMs = 1000 * secondsBetween(timeNow(), at);
    aheadMs += isMs;
    const phases = shown.phases?.map((one) => ({
      ...one,
      startedAt: moved(one.startedAt, isMs),
      ...(one.endedAt === undefined ? {} : { endedAt: moved(one.endedAt, isMs) }),
    }));
    if (phases) show({ phases });
  };
  return {
    shown,
    show,
    warn,
    setClock,
    get clockAheadMs() {
      return aheadMs;
    },
  };
}

const moved = (time: string, byMs: number) => addSeconds(time, byMs / 1000);

/** What there is no room for is counted at least. */
function fitWarnings(warnings: string[]): string[] {
  if (warnings.length <= MAX_WARNINGS) return warnings;
  const counted = Number(MORE.exec(warnings[MAX_WARNINGS - 1] ?? '')?.[1] ?? 1);
  return [...warnings.slice(0, MAX_WARNINGS - 1), `And ${counted + 1} more warnings.`];
}

const MORE = /^And (\d+) more warnings\.$/;

/** How a job ended, from the outcome of its orchestrator. */
export function finalState(outcome: Outcome<unknown>): 'Succeeded' | 'Failed' | 'Cancelled' {
  if (outcome.ok) return 'Succeeded';
  return outcome.failure.code === 'JobCancelled' ? 'Cancelled' : 'Failed';
}

function nextPhase(phases: JobPhase[] = [], phase: string, at: string): JobPhase[] {
  return [...endPhases(phases, at), { phase, startedAt: at }];
}
