import type { OrchestrationContext } from 'durable-functions';
import type { Outcome } from '../../failures/failure';
import type { JobProgress } from '../../jobs/job';

/** Collects what a running job has to show, and shows it as custom status after each change. */
export interface ProgressReport {
  readonly shown: JobProgress;
  show(change: JobProgress): void;
  warn(warning: string): void;
}

export function reportProgress(context: OrchestrationContext): ProgressReport {
  const shown: JobProgress = {};
  const show = (change: JobProgress) => {
    Object.assign(shown, change);
    context.df.setCustomStatus({ ...shown });
  };
  return { shown, show, warn: (warning) => show({ warnings: [...(shown.warnings ?? []), warning] }) };
}

/** How a job ended, from the outcome of its orchestrator. */
export function finalState(outcome: Outcome<unknown>): 'Succeeded' | 'Failed' | 'Cancelled' {
  if (outcome.ok) return 'Succeeded';
  return outcome.failure.code === 'JobCancelled' ? 'Cancelled' : 'Failed';
}
