import type { Session } from '../command/session';
import { followJob } from '../follow/follow-job';
import { showJob } from '../follow/show-job';
import { endedJob } from '../follow/started-job';
import { findJob } from '../names/find-job';

export async function showOneJob(session: Session, text: string): Promise<void> {
  showJob(session, await session.api.getJob({ job: await findJob(session.api, text) }));
}

export async function watchJob(session: Session, text: string, strict?: boolean): Promise<void> {
  endedJob(session, await followJob(session, await findJob(session.api, text)), strict);
}
