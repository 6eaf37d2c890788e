import type { Command, Option } from 'commander';

/** What a word can be completed to, and what that is. */
export interface Candidate {
  value: string;
  what?: string;
}

/** Where on a command line the cursor stands. */
export interface Place {
  command: Command;
  /** What is begun. */
  word: string;
  /** What the word is called, where it is a value: `vm`, `point`, `file`. */
  kind?: string;
  /** The only values that it may have. */
  choices?: readonly string[];
}

/**
 * @param words after the program's name; the last one is begun, and may be empty
 */
export function placeOf(program: Command, words: readonly string[]): Place {
  let command = program;
  let option: Option | undefined;
  let given = 0;
  for (const word of words.slice(0, -1)) {
    if (option) option = undefined;
    else if (word.startsWith('-')) option = takesValue(command, word);
    else {
      const below = command.commands.find((one) => one.name() === word);
      if (below) command = below;
      else given += 1;
    }
  }
  const word = words.at(-1) ?? '';
  if (option) return { command, word, kind: valueName(option), choices: option.argChoices };
  const last = command.registeredArguments.at(-1);
  const argument = command.registeredArguments[given] ?? (last?.variadic ? last : undefined);
  if (word.startsWith('-') || !argument) return { command, word };
  return { command, word, kind: argument.name(), choices: argument.argChoices };
}

/** Commands and options that fit, which need no system to be known. */
export function fixedCandidates({ command, word, kind, choices }: Place): Candidate[] {
  const all: Candidate[] = choices
    ? choices.map((value) => ({ value }))
    : word.startsWith('-')
      ? optionsOf(command)
      : kind === undefined
        ? command.commands
            .filter((one) => !one.name().startsWith('__'))
            .map((one) => ({ value: one.name(), what: one.description() }))
        : [];
  return all.filter(({ value }) => value.startsWith(word));
}

const optionsOf = (command: Command): Candidate[] =>
  [
    ...command.options.map(({ long, description }) => ({ value: long ?? '', what: description })),
    { value: '--help', what: 'how it is used' },
  ].filter(({ value }) => value !== '');

function takesValue(command: Command, word: string): Option | undefined {
  const option = command.options.find(({ long, short }) => word === long || word === short);
  return option?.required ? option : undefined;
}

/** `--vm <vm>` → `vm`, `--point <point...>` → `point`. */
const valueName = ({ flags }: Option): string | undefined => /<([^>.]+)(\.\.\.)?>/.exec(flags)?.[1];
