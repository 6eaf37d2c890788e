import type { Job } from '../../client/api-types';
import { type ConfirmOptions, confirm } from '../command/confirm';
import type { Session } from '../command/session';
import { EXIT } from '../ending/exit-codes';
import { followJob } from '../follow/follow-job';
import { outcomeOf } from '../follow/outcome';
import { maintenanceWords } from '../follow/show-job';
import { endedJob } from '../follow/started-job';

/** A dry run first, whose figures are those of the collection itself; both are waited for. */
export async function collect(session: Session, { dryRun, yes }: ConfirmOptions): Promise<void> {
  const plan = await run(session, true);
  if (dryRun || outcomeOf(plan, false) !== EXIT.done || !plan.maintenance) return endedJob(session, plan);
  await confirm(
    session,
    { will: maintenanceWords(plan.maintenance), answer: 'collect', answerIs: 'the word' },
    yes,
  );
  endedJob(session, await run(session, false));
}

async function run(session: Session, dryRun: boolean): Promise<Job> {
  const { job } = await session.api.startMaintenance({ body: { dryRun } });
  return followJob(session, job);
}
