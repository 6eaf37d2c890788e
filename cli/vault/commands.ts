import type { Command } from 'commander';
import type { ConfirmOptions } from '../command/confirm';
import { sessionOf } from '../command/session';
import { noun, verb, withConfirmation } from '../command/verb';
import { collect } from './collect';
import { vaultUsage } from './usage';

export function addVaultCommands(program: Command): void {
  const vault = noun(program, 'vault', 'what lies in the vault');
  verb(vault, 'usage', 'bytes by kind and VM, as maintenance counted them', {
    line: 'vmbackup vault usage',
    does: 'who uses how much, and what a collection would free',
  }).action((_: object, command: Command) => vaultUsage(sessionOf(command)));
  withConfirmation(
    verb(vault, 'collect', 'apply retention and delete what no recovery point needs', {
      line: 'vmbackup vault collect --dry-run',
      does: 'what would go',
    }),
  ).action((options: ConfirmOptions, command: Command) => collect(sessionOf(command), options));
}
