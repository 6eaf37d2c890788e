import { type Command, Option } from 'commander';
import { FORMATS } from '../output/output';

/** An example that `--help` shows: what is typed, and what it is for. A test runs them all. */
export interface Example {
  line: string;
  does: string;
}

/** Examples by their command, in the order of the help. */
const EXAMPLES = new WeakMap<Command, readonly Example[]>();
export const examplesOf = (command: Command): readonly Example[] => EXAMPLES.get(command) ?? [];

/** A noun with verbs below it, such as `vm`. */
export const noun = (program: Command, name: string, summary: string): Command =>
  program.command(name).description(summary).helpCommand(false);

/**
 * A verb of a noun, with the options that all commands take.
 * @param usage its name and arguments: `show <vm>`; what an argument is called says what it completes to
 */
export function verb(parent: Command, usage: string, summary: string, ...examples: Example[]): Command {
  const command = withCommonOptions(parent.command(usage).description(summary));
  return withExamples(command, examples);
}

export function withExamples(command: Command, examples: readonly Example[]): Command {
  EXAMPLES.set(command, examples);
  const lines = examples.flatMap(({ line, does }) => [`  ${line}`, `      ${does}`]);
  return command.addHelpText('after', `\nExamples:\n${lines.join('\n')}`);
}

export const withCommonOptions = (command: Command): Command =>
  command
    .addOption(new Option('-o, --output <format>', 'form of what is printed').choices([...FORMATS]))
    .option('--url <url>', 'address of the API, instead of the system that runs here')
    .option('--profile <profile>', 'the system of a profile (vmbackup config)')
    .option('--state <folder>', 'the system that npm start runs on this state folder');

/** For what can be read without the system. */
export const withVault = (command: Command): Command =>
  command.addOption(
    new Option(
      '--vault <vault>',
      'straight from a vault: URL of its container, or a folder with a copy',
    ).conflicts(['url', 'profile', 'state']),
  );

/** For what destroys something. */
export const withConfirmation = (command: Command): Command =>
  command
    .option('--dry-run', 'only say what it would do')
    .option('-y, --yes', 'do it without asking, for scripts');
