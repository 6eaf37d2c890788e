import { type Command, Option } from 'commander';
import type { ConfirmOptions } from '../command/confirm';
import { sessionOf } from '../command/session';
import { noun, verb, withConfirmation, withVault } from '../command/verb';
import { type WaitOptions, withWaiting } from '../follow/started-job';
import { addCopy, addExport, addServe } from './direct-commands';
import { deletePoint, holdPoint, releasePoint, retainPoint, undeletePoint } from './keep';
import { listPoints, showPoint } from './list';
import { type RestoreOptions, restorePoint } from './restore';
import { verifyPoint } from './verify';

export function addPointCommands(program: Command): void {
  const point = noun(program, 'point', 'recovery points');
  withVault(
    verb(point, 'list [vm]', 'the recovery points of a VM, oldest first; with --vault of all of them', {
      line: 'vmbackup point list web-1',
      does: 'what can be restored',
    }),
  )
    .option('--deleted', 'also those that can be undeleted')
    .action((text: string | undefined, { deleted }: { deleted?: boolean }, command: Command) =>
      listPoints(sessionOf(command), text, deleted),
    );
  withVault(
    verb(point, 'show <point>', 'one recovery point and its disks', {
      line: 'vmbackup point show web-1@latest',
      does: 'the newest; web-1@-1 is the one before it, web-1@2026-11-20 the newest of a day (UTC)',
    }),
  ).action((text: string, _: object, command: Command) => showPoint(sessionOf(command), text));
  withVault(
    withWaiting(
      verb(point, 'verify <point>', 'read a point back from the vault and check every byte', {
        line: 'vmbackup point verify web-1@latest --wait',
        does: 'ends with code 10 when the vault is damaged; with --vault this command itself reads',
      }),
    ),
  ).action((text: string, options: WaitOptions, command: Command) =>
    verifyPoint(sessionOf(command), text, options),
  );
  addRestore(point);
  addExport(point);
  addServe(point);
  addCopy(point);
  addKeeping(point);
}

function addRestore(point: Command): void {
  const restore = verb(
    point,
    'restore <point>',
    'restore a point to new managed disks, to a new VM, or in place of the disks that the VM has',
    {
      line: 'vmbackup point restore web-1@latest --wait',
      does: 'to new managed disks, beside those that are there',
    },
    {
      line: 'vmbackup point restore web-1@latest --to replace --deallocate --dry-run',
      does: 'what a restore in place would do',
    },
  )
    .addOption(
      new Option('--to <target>', 'what comes of it').choices(['disks', 'vm', 'replace']).default('disks'),
    )
    .option('--disk <disk...>', 'only this disk, by its id, its name or its LUN; may be repeated')
    .option('--group <name>', 'resource group of what is made')
    .option('--name <name>', 'of the new VM')
    .option('--subnet <id>', 'subnet in which the new VM gets a network interface')
    .option('--interface <id>', 'network interface of the new VM')
    .option('--keep-backup-tag', 'the new VM keeps the tag that protects it')
    .option('--deallocate', 'in place: a VM that runs is deallocated, and started again afterwards')
    .option('--skip-damaged', 'leave what is damaged as zeros, instead of refusing')
    .option('--from-vault', 'read the vault even where the kept snapshot would be faster');
  withConfirmation(withWaiting(restore)).action((text: string, options: RestoreOptions, command: Command) =>
    restorePoint(sessionOf(command), text, options),
  );
}

function addKeeping(point: Command): void {
  withConfirmation(
    verb(point, 'delete <point>', 'delete a point; it can be undeleted until its grace period ends', {
      line: 'vmbackup point delete web-1@-2 --dry-run',
      does: 'what that would free, and from when',
    }),
  ).action((text: string, options: ConfirmOptions, command: Command) =>
    deletePoint(sessionOf(command), text, options),
  );
  verb(point, 'undelete <point>', 'take the deletion of a point back', {
    line: 'vmbackup point undelete web-1@latest',
    does: 'the newest of those that are deleted',
  }).action((text: string, _: object, command: Command) => undeletePoint(sessionOf(command), text));
  verb(point, 'hold <point>', 'hold a point: neither people nor retention delete it', {
    line: 'vmbackup point hold web-1@latest --reason "audit 2026"',
    does: 'until vmbackup point release',
  })
    .requiredOption('--reason <text>', 'why, for those who come later')
    .action((text: string, { reason }: { reason: string }, command: Command) =>
      holdPoint(sessionOf(command), text, reason),
    );
  verb(point, 'release <point>', 'let a held point go', {
    line: 'vmbackup point release web-1@latest',
    does: 'retention applies to it again',
  }).action((text: string, _: object, command: Command) => releasePoint(sessionOf(command), text));
  verb(point, 'retain <point>', 'keep a point longer than retention would', {
    line: 'vmbackup point retain web-1@latest --until 2030-01-31',
    does: 'at least until the beginning of that day (UTC)',
  })
    .requiredOption('--until <time>', 'a day or a time, UTC')
    .action((text: string, { until }: { until: string }, command: Command) =>
      retainPoint(sessionOf(command), text, until),
    );
}
