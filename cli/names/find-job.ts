import type { ApiClient } from '../../client/api-client';
import type { Job } from '../../client/api-types';
import { ApiProblem } from '../../client/request-failed';
import { findVm } from './find-vm';
import { newestJobs } from './newest-jobs';
import { onlyOne } from './only-one';

const JOB_ID = /^\d{8}t\d{6}z-(backup|restore|verification|maintenance)(-[a-z0-9.-]+)?$/;
const LOOKED_AT = 1000;

/**
 * The job that a short name means: its id, the beginning or the end of the id of one of the newest 1,000, or
 * `web-1@latest` for the newest one of a VM. Throws `Refused` when there is none, or when it may be several.
 */
export async function findJob(api: ApiClient, text: string): Promise<string> {
  const [, vm] = /^(.+)@latest$/.exec(text) ?? [];
  const jobs =
    vm === undefined ? await like(api, text) : await newestJobs(api, 1, { vm: (await findVm(api, vm)).key });
  if (typeof jobs === 'string') return jobs;
  return onlyOne('job', text, jobs, ({ id, state }) => `${id}  (${state})`, 'vmbackup job list').id;
}

async function like(api: ApiClient, text: string): Promise<string | Job[]> {
  if (JOB_ID.test(text) && (await exists(api, text))) return text;
  const newest = await newestJobs(api, LOOKED_AT);
  return newest.filter(({ id }) => text !== '' && (id.startsWith(text) || id.endsWith(`-${text}`)));
}

/** What begins as a longer id does may be an id itself. */
async function exists(api: ApiClient, job: string): Promise<boolean> {
  try {
    return (await api.getJob({ job })).id === job;
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 404) return false;
    throw error;
  }
}
