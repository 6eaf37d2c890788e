import { Command } from 'commander';
import { addBackupCommands } from './backup/commands';
import { askedAddress } from './command/session';
import { addCompletionCommand } from './completion/commands';
import { addConfigCommands } from './config/commands';
import { addEmulatorCommands } from './emulator/commands';
import { EXIT, type ExitCode } from './ending/exit-codes';
import { explainError } from './ending/explain-error';
import { addJobCommands } from './job/commands';
import { addOpenCommand } from './open/commands';
import { addPointCommands } from './point/commands';
import { addPolicyCommands } from './policy/commands';
import { addVaultCommands } from './vault/commands';
import { addVmCommands } from './vm/commands';

declare const __VERSION__: string | undefined;

/** `vmbackup`, all of it. */
export function vmbackup(): Command {
  const program = new Command('vmbackup')
    .description('Backs up virtual machines, shows what there is, and restores it.')
    .version(typeof __VERSION__ === 'string' ? __VERSION__ : 'from sources')
    .helpCommand(false)
    .addHelpText('after', AFTER_HELP);
  for (const add of NOUNS) add(program);
  neverExit(program);
  return program;
}

/** In the order of the help. */
const NOUNS = [
  addVmCommands,
  addBackupCommands,
  addPointCommands,
  addJobCommands,
  addPolicyCommands,
  addVaultCommands,
  addConfigCommands,
  addOpenCommand,
  addCompletionCommand,
  addEmulatorCommands,
];

const AFTER_HELP = `
Examples:
  vmbackup vm list
      the VMs, how they are protected, and their last points
  vmbackup backup start web-1 --wait
      back up a VM now, and follow it
  vmbackup point list web-1
      what can be restored

The system that npm start runs here is found by itself; others are named with --url, VMBACKUP_URL or a profile
(vmbackup config). Every command has --help; docs/command-line.md tells the rest.`;

/** Runs a command line; what it ends with is left in `process.exitCode`. */
export async function run(args: readonly string[]): Promise<void> {
  endQuietlyWhenNobodyReads();
  try {
    await vmbackup().parseAsync(args, { from: 'user' });
  } catch (error) {
    const { words, exitCode } = explainError(error, askedAddress());
    if (words) process.stderr.write(`${words}\n`);
    process.exitCode = exitCode;
  }
}

/** Commander's own refusals are thrown as well, so that one place says what a command ends with. */
function neverExit(command: Command): void {
  command.exitOverride();
  for (const below of command.commands) neverExit(below);
}

/** `vmbackup vm list | head` has read enough. */
function endQuietlyWhenNobodyReads(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    const code: ExitCode = EXIT.done;
    process.exit(code);
  });
}
