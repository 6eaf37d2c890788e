import type { Conditions } from '../support/conditions';
import type { ImageScale } from '../support/images/specs';
import { spreadOf } from '../support/statistics';
import type { Orchestrations } from '../support/whole-system';
import type { TargetRow } from './targets';

/** A whole job may take this much longer than its data path, and so many seconds more. */
export const FACTOR = 1.3;
export const EXTRA_SECONDS = 2;

/** One work done twice in one running system: by a job, and by the functions that its activities call. */
export interface JobPair {
  work: string;
  /** From the time of the policy to the end of the job. */
  jobSeconds: number;
  dataPathSeconds: number;
}

/** What `npm run bench:jobs` measured. */
export interface JobsResult {
  conditions: Conditions;
  scale: ImageScale;
  pairs: JobPair[];
  orchestrations: Orchestrations[];
}

/** The time of a job as a share of what is allowed: 1 is the limit. */
export const shareOfAllowed = ({ jobSeconds, dataPathSeconds }: JobPair): number =>
  jobSeconds / (dataPathSeconds * FACTOR + EXTRA_SECONDS);

/** Holds the jobs against what is promised; each kind of work counts by its median. */
export function judgeJobs(result: JobsResult | undefined): TargetRow {
  const work = 'a whole job through timer, orchestrator and activities';
  const target = `≤ ${FACTOR} × data path + ${EXTRA_SECONDS} s`;
  if (!result || result.pairs.length === 0) return { work, target, measured: 'not measured', counted: false };
  const works = [...new Set(result.pairs.map((pair) => pair.work))];
  const medians = works.map((name) => ({
    name,
    share: spreadOf(result.pairs.filter((pair) => pair.work === name).map(shareOfAllowed)).median,
  }));
  const measured = medians.map(({ name, share }) => `${name} ${share.toFixed(2)} of that`).join(', ');
  return { work, target, measured, holds: medians.every(({ share }) => share <= 1), counted: false };
}
