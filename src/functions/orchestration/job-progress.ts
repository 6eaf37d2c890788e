import type { OrchestrationContext } from 'durable-functions';
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
