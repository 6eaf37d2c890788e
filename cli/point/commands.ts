import type { Command } from 'commander';
import { sessionOf } from '../command/session';
import { noun, verb } from '../command/verb';
import { listPoints, showPoint } from './list';

export function addPointCommands(program: Command): void {
  const point = noun(program, 'point', 'recovery points');
  verb(point, 'list <vm>', 'the recovery points of a VM, oldest first', {
    line: 'vmbackup point list web-1',
    does: 'what can be restored',
  })
    .option('--deleted', 'also those that can be undeleted')
    .action((text: string, { deleted }: { deleted?: boolean }, command: Command) =>
      listPoints(sessionOf(command), text, deleted),
    );
  verb(point, 'show <point>', 'one recovery point and its disks', {
    line: 'vmbackup point show web-1@latest',
    does: 'the newest; web-1@-1 is the one before it, web-1@2026-11-20 the newest of a day (UTC)',
  }).action((text: string, _: object, command: Command) => showPoint(sessionOf(command), text));
}
