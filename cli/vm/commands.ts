import type { Command } from 'commander';
import { YES, type Yes } from '../command/confirm-loss';
import { sessionOf } from '../command/session';
import { noun, verb, withConfirmation } from '../command/verb';
import { listVms, showVm } from './list';
import { protectVm, type UnprotectOptions, unprotectVm } from './protection';

export function addVmCommands(program: Command): void {
  const vm = noun(program, 'vm', 'virtual machines and their protection');
  verb(vm, 'list', 'the VMs in Azure, and those that were backed up before they were deleted', {
    line: 'vmbackup vm list -o json',
    does: 'the document of the API',
  }).action((_: object, command: Command) => listVms(sessionOf(command)));
  verb(vm, 'show <vm>', 'one VM, by its name, GROUP/NAME, or the beginning of its key', {
    line: 'vmbackup vm show web-1',
    does: 'how it is protected, its last point and its next run',
  }).action((text: string, _: object, command: Command) => showVm(sessionOf(command), text));
  verb(vm, 'protect <vm>', 'protect a VM by a policy, whatever its tag says', {
    line: 'vmbackup vm protect web-1 --policy daily',
    does: 'vmbackup policy list shows the policies',
  })
    .requiredOption('--policy <policy>', 'name of the policy')
    .option(...YES)
    .action((text: string, { policy, yes }: { policy: string } & Yes, command: Command) =>
      protectVm(sessionOf(command), text, policy, yes),
    );
  withConfirmation(
    verb(vm, 'unprotect <vm>', 'stop the protection of a VM; its points stay unless they are to be deleted', {
      line: 'vmbackup vm unprotect web-1 --delete-points --dry-run',
      does: 'what would be deleted',
    }).option('--delete-points', 'delete its points as well, all but those that are held'),
  ).action((text: string, options: UnprotectOptions, command: Command) =>
    unprotectVm(sessionOf(command), text, options),
  );
}
