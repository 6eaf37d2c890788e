import type { Command } from 'commander';
import { sessionOf } from '../command/session';
import { noun, verb } from '../command/verb';
import { listVms, showVm } from './list';

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
}
