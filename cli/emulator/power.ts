import type { Command } from 'commander';
import { findVm } from './find';
import type { Running } from './running';

/** What a command asks Azure for, and what it says when that is done. */
const COMMANDS = {
  start: { action: 'start', does: 'starts a VM', done: 'runs' },
  stop: { action: 'powerOff', does: 'shuts a VM down; it keeps its place', done: 'is stopped' },
  deallocate: {
    action: 'deallocate',
    does: 'shuts a VM down and gives its place free',
    done: 'is deallocated',
  },
} as const;

export function addPowerCommands(command: Command, running: () => Running): void {
  for (const [name, { action, does, done }] of Object.entries(COMMANDS)) {
    command
      .command(name)
      .description(does)
      .argument('<vm>', 'name of the VM')
      .action(async (place: string) => {
        const { emulator, azure } = running();
        const vm = findVm(await emulator.state(), place);
        await azure.power(vm.id, action);
        console.log(`${vm.name} ${done}.`);
      });
  }
}
