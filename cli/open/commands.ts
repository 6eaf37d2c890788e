import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Command } from 'commander';
import { fetchAgain } from '../../client/fetch-again';
import { type Session, sessionOf } from '../command/session';
import { verb } from '../command/verb';

export function addOpenCommand(program: Command): void {
  verb(
    program,
    'open',
    'open the dashboard in a browser, or the description of the API where there is none',
    {
      line: 'vmbackup open --print',
      does: 'only the address',
    },
  )
    .option('--print', 'only print the address')
    .action((options: { print?: boolean }, command: Command) => openPage(sessionOf(command), options.print));
}

async function openPage(session: Session, print = false): Promise<void> {
  const address = await pageOf(session.system.url);
  process.stdout.write(`${address}\n`);
  if (!print && !(await opened(address))) session.say('There is no browser to open it with.');
}

/** The dashboard lies beside the API's prefix. */
async function pageOf(api: string): Promise<string> {
  const dashboard = api.replace(/\/api$/, '/ui/');
  const answer = await fetchAgain(dashboard, { method: 'HEAD' });
  return answer.ok ? dashboard : `${api}/openapi.json`;
}

/** `$BROWSER`, else what the system opens addresses with. */
async function opened(address: string): Promise<boolean> {
  const usual = { darwin: 'open', win32: 'explorer' }[process.platform as string] ?? 'xdg-open';
  const child = spawn(process.env.BROWSER || usual, [address], { stdio: 'ignore', detached: true });
  try {
    await once(child, 'spawn');
    child.unref();
    return true;
  } catch {
    return false;
  }
}
