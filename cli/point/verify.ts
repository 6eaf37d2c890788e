import type { Session } from '../command/session';
import { checkPoints } from '../direct/check';
import { startedJob, type WaitOptions } from '../follow/started-job';
import { findPoint } from '../names/find-point';

/** By a job of the system; straight from a vault by this command itself. */
export async function verifyPoint(session: Session, text: string, options: WaitOptions): Promise<void> {
  if (session.namedVault) return checkPoints(session, [text]);
  const point = await findPoint(session.api, text);
  await startedJob(session, await session.api.startVerification({ point }), options);
}
