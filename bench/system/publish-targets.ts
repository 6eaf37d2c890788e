import { publishBlock, publishedFigures } from '../support/page';
import { type JobsResult, judgeJobs } from './jobs-result';
import { renderTargets } from './report';
import type { BenchSummary } from './summary';
import { judgeTargets } from './targets';

/** Holds everything that is published against what is promised, whichever run it is from. */
export function publishTargets(): void {
  const cells = publishedFigures<BenchSummary>('system.json')?.cells ?? [];
  const rows = [...judgeTargets({ cells }), judgeJobs(publishedFigures<JobsResult>('jobs.json'))];
  publishBlock('targets', renderTargets(rows));
}
