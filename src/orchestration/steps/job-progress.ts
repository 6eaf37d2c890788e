import type { OrchestrationContext } from 'durable-functions';
import type { Outcome } from '../../failures/failure';
import { endPhases, type JobPhase, type JobProgress } from '../../jobs/job';

/** Collects what a running job has to show, and shows it as custom status after each change. */
export interface ProgressReport {
  readonly shown: JobProgress;
  show(change: JobProgress): void;
  warn(warning: string): void;
}

/** The custom status of an orchestration may have 16 KiB. */
const MAX_WARNINGS = 16;
const MAX_WARNING = 300;

/**
 * Phases get their times from the orchestrator's clock, which is the same again on replay. `before` is what
 * an earlier history of the same orchestration has shown.
 */
export function reportProgress(context: OrchestrationContext, before: JobProgress = {}): ProgressReport {
  const shown: JobProgress = { ...before };
  const warn = (warning: string) => {
    const { warnings = [] } = shown;
    if (warnings.length < MAX_WARNINGS) show({ warnings: [...warnings, warning.slice(0, MAX_WARNING)] });
  };
  const show = (change: JobProgress) => {
    if (change.phase !== undefined && change.phase !== shown.phase) {
      shown.phases = nextPhase(shown.phases, change.phase, context.df.currentUtcDateTime.toISOString());
    }
    Object.assign(shown, change);
    context.df.setCustomStatus({ ...shown });
  };
  return { shown, show, warn };
}

/** How a job ended, from the outcome of its orchestrator. */
export function finalState(outcome: Outcome<unknown>): 'Succeeded' | 'Failed' | 'Cancelled' {
  if (outcome.ok) return 'Succeeded';
  return outcome.failure.code === 'JobCancelled' ? 'Cancelled' : 'Failed';
}

function nextPhase(phases: JobPhase[] = [], phase: string, at: string): JobPhase[] {
  return [...endPhases(phases, at), { phase, startedAt: at }];
}
