import { Argument, type Command } from 'commander';
import { verb } from '../command/verb';
import type { AskedVault } from '../connection/find-vault';
import { oneLine } from '../output/column';
import { type Candidate, fixedCandidates, placeOf } from './candidates';
import { liveCandidates } from './live';
import { SCRIPTS, SHELLS, type Shell } from './scripts';

export function addCompletionCommand(program: Command): void {
  verb(
    program,
    'completion',
    'print the completions for a shell; they offer the VMs, points and jobs of the system',
    { line: 'vmbackup completion bash > ~/.local/share/bash-completion/completions/vmbackup', does: 'bash' },
    { line: 'vmbackup completion zsh > $fpath[1]/_vmbackup', does: 'zsh' },
    { line: 'vmbackup completion fish > ~/.config/fish/completions/vmbackup.fish', does: 'fish' },
    { line: 'vmbackup completion powershell >> $PROFILE', does: 'PowerShell' },
  )
    .addArgument(new Argument('<shell>', 'the shell').choices([...SHELLS]))
    .action((shell: Shell) => void process.stdout.write(SCRIPTS[shell]));
  program
    .command('__complete', { hidden: true })
    .argument('[words...]')
    .action(async (words: string[]) => {
      for (const { value, what } of await complete(program, words)) {
        process.stdout.write(`${value}\t${oneLine(what ?? '')}\n`);
      }
    });
}

/** Never fails: who presses Tab wants to hear of candidates, and of nothing else. */
async function complete(program: Command, words: readonly string[]): Promise<Candidate[]> {
  const place = placeOf(program, words);
  const fixed = fixedCandidates(place);
  if (place.kind === undefined || place.choices) return fixed;
  try {
    const live = await liveCandidates(place, askedIn(words));
    return live.filter(({ value }) => value.startsWith(place.word));
  } catch {
    return fixed;
  }
}

/** The system that the words name so far. */
function askedIn(words: readonly string[]): AskedVault {
  const after = (flag: string) => {
    const at = words.indexOf(flag);
    return at === -1 || at >= words.length - 2 ? undefined : words[at + 1];
  };
  return {
    url: after('--url'),
    profile: after('--profile'),
    state: after('--state'),
    vault: after('--vault'),
  };
}
