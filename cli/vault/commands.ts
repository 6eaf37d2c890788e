import type { Command } from 'commander';
import type { ConfirmOptions } from '../command/confirm';
import { sessionOf } from '../command/session';
import { noun, verb, withConfirmation, withVault } from '../command/verb';
import { checkPoints } from '../direct/check';
import { copyPoints } from '../direct/copy';
import { EXIT } from '../ending/exit-codes';
import { Refused } from '../ending/refused';
import { collect } from './collect';
import { vaultUsage } from './usage';

interface PointsOptions {
  point?: string[];
  vault?: string;
}

export function addVaultCommands(program: Command): void {
  const vault = noun(program, 'vault', 'what lies in the vault');
  withVault(
    verb(vault, 'usage', 'bytes by kind and VM, as maintenance counted them', {
      line: 'vmbackup vault usage',
      does: 'who uses how much, and what a collection would free; with --vault it is counted now',
    }),
  ).action((_: object, command: Command) => vaultUsage(sessionOf(command)));
  addCheck(vault);
  addCopy(vault);
  withConfirmation(
    verb(vault, 'collect', 'apply retention and delete what no recovery point needs', {
      line: 'vmbackup vault collect --dry-run',
      does: 'what would go',
    }),
  ).action((options: ConfirmOptions, command: Command) => collect(sessionOf(command), options));
}

function addCheck(vault: Command): void {
  const check = verb(vault, 'check [vault]', 'read a vault back and check every byte; needs no system', {
    line: 'vmbackup vault check',
    does: 'the vault of the system that runs here; a copy by its folder or URL; ends with code 10 for damage',
  });
  withVault(withPoints(check, 'check only this point')).action(
    (address: string | undefined, { point = [], vault: named }: PointsOptions, command: Command) => {
      if (address !== undefined && named !== undefined)
        throw new Refused(EXIT.usage, 'Two vaults are named: give one.');
      return checkPoints(sessionOf(command), point, address);
    },
  );
}

function addCopy(vault: Command): void {
  const copy = verb(
    vault,
    'copy',
    'copy a vault to a folder or another container: only what is missing there',
    {
      line: 'vmbackup vault copy --to second-copy',
      does: 'a vault by itself, at every moment; the same again brings what came since',
    },
  );
  withVault(withPoints(copy, 'copy only this point'))
    .requiredOption('--to <vault>', 'a folder, or the URL of a container')
    .action(({ point = [], to }: PointsOptions & { to: string }, command: Command) =>
      copyPoints(sessionOf(command), point, to),
    );
}

const withPoints = (command: Command, what: string): Command =>
  command.option('--point <point...>', `${what}; may be repeated`);
