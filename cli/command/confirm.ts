import { createInterface } from 'node:readline';
import { EXIT } from '../ending/exit-codes';
import { Refused } from '../ending/refused';
import type { Session } from './session';

/** What destroys something takes these. */
export interface ConfirmOptions {
  yes?: boolean;
  dryRun?: boolean;
}

export interface Deed {
  /** What it will do, in sentences. */
  will: string;
  /** What is typed to confirm it, and what that is: `web-1`, "the name of the VM". */
  answer: string;
  answerIs: string;
}

/**
 * Says what is going to be destroyed, and goes on when somebody has confirmed it: by `--yes`, or by typing
 * the answer on a terminal. Throws `Refused` otherwise; nothing has been done then.
 */
export async function confirm(
  session: Session,
  { will, answer, answerIs }: Deed,
  yes = false,
): Promise<void> {
  session.say(will);
  if (yes) return;
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new Refused(
      EXIT.usage,
      'Nothing was done: there is no terminal to ask on.',
      'If this is what you want, add --yes.',
    );
  }
  const typed = await ask(`Type ${answerIs} (${answer}) to go on: `);
  if (typed === undefined) throw new Refused(EXIT.interrupted, '\nNothing was done.');
  if (typed.trim() !== answer) throw new Refused(EXIT.failed, `Nothing was done: that is not ${answer}.`);
}

/** A line from the terminal; none after Ctrl-C or the end of input. */
function ask(question: string): Promise<string | undefined> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  return new Promise((resolve) => {
    terminal.on('close', () => resolve(undefined));
    terminal.question(question, (typed) => {
      resolve(typed);
      terminal.close();
    });
  });
}
