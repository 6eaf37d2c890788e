import type { RequestOf } from '../../client/api-client';
import type { Session } from '../command/session';
import { JOB_COLUMNS } from '../follow/show-job';
import { newestJobs } from '../names/newest-jobs';

export async function listJobs(session: Session, filter: RequestOf<'listJobs'>, most: number): Promise<void> {
  const jobs = await newestJobs(session.api, most, filter);
  session.list({ document: { jobs }, rows: jobs, columns: JOB_COLUMNS });
}
