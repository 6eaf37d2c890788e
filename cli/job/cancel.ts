import type { Session } from '../command/session';
import { followJob } from '../follow/follow-job';
import { showJob } from '../follow/show-job';
import { startedJob } from '../follow/started-job';
import { findJob } from '../names/find-job';

/** That a job is cancelled as asked is a success: `--wait` does not end as `job watch` does. */
export async function cancelJob(session: Session, text: string, wait = false): Promise<void> {
  const { api } = session;
  const accepted = await api.cancelJob({ job: await findJob(api, text) });
  if (!wait) return startedJob(session, accepted, {});
  showJob(session, await followJob(session, accepted.job));
}
