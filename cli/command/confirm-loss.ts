import { ApiProblem } from '../../client/request-failed';
import { confirm, type Deed } from './confirm';
import type { Session } from './session';

export interface Yes {
  yes?: boolean;
}
/** The option of commands that may let points go. */
export const YES = ['-y, --yes', 'go on when recovery points are let go of, for scripts'] as const;

/** The API refuses a change that lets go of points, and says of how many: they are confirmed, by number. */
export async function confirmingLoss<T>(
  session: Session,
  name: Pick<Deed, 'answer' | 'answerIs'>,
  change: (agreed?: number) => Promise<T>,
  yes?: boolean,
): Promise<T> {
  try {
    return await change();
  } catch (error) {
    if (!(error instanceof ApiProblem) || error.code !== 'PolicyLetsGoOfPoints') throw error;
    const { letsGo } = error.document;
    if (typeof letsGo !== 'number') throw error;
    await confirm(session, { will: error.detail, ...name }, yes);
    return change(letsGo);
  }
}
