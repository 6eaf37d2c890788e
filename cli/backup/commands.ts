import { type Command, InvalidArgumentError } from 'commander';
import { sessionOf } from '../command/session';
import { noun, verb } from '../command/verb';
import { startedJob, type WaitOptions, withWaiting } from '../follow/started-job';
import { findVm } from '../names/find-vm';

interface StartOptions extends WaitOptions {
  retentionDays?: number;
}

export function addBackupCommands(program: Command): void {
  const backup = noun(program, 'backup', 'backups on demand');
  withWaiting(
    verb(backup, 'start <vm>', 'back up a VM now, whether or not it is protected', {
      line: 'vmbackup backup start web-1 --wait',
      does: 'and follow it to its end',
    }).option('--retention-days <days>', 'keep the recovery point at least so long', days),
  ).action(async (text: string, { retentionDays, ...waiting }: StartOptions, command: Command) => {
    const session = sessionOf(command);
    const { key: vm } = await findVm(session.api, text);
    await startedJob(session, await session.api.startBackup({ vm, body: { retentionDays } }), waiting);
  });
}

function days(text: string): number {
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Give a number of days from 1 on.');
}
