import type { Command } from 'commander';
import { type ApiClient, apiClient } from '../../client/api-client';
import { type FoundSystem, findSystem } from '../connection/find-system';
import { type AskedVault, type FoundVault, findVault, namedVault } from '../connection/find-vault';
import type { ExitCode } from '../ending/exit-codes';
import type { Column } from '../output/column';
import { type Format, type Found, listing, showing } from '../output/output';

/** The options that every command takes. */
export interface CommonOptions extends AskedVault {
  output?: Format;
}

/** One call of a command: the system that it asks, and where it says what. */
export interface Session {
  /** Which system is meant; looked for when it is asked first. */
  readonly system: FoundSystem;
  readonly api: ApiClient;
  /** The vault that is to be read without the system, where somebody named one. */
  readonly namedVault: FoundVault | undefined;
  /** The vault that is meant, named or that of the system. */
  readonly vault: FoundVault;
  readonly format: Format;
  /** A list on stdout. */
  list<Row>(found: Found<Row>): void;
  /** One thing on stdout. */
  show<Row>(document: Row, columns: readonly Column<Row>[], below?: readonly string[]): void;
  /** Words for people, on stderr. */
  say(words: string): void;
  /** The code to end with, when the command has done all that it does. */
  endWith(code: ExitCode): void;
}

let current: Session | undefined;

/** The address that this call has asked, once it has. */
export const askedAddress = (): string | undefined => asked?.url;
let asked: FoundSystem | undefined;

export function sessionOf(command: Command): Session {
  current ??= openSession(command.optsWithGlobals<CommonOptions>());
  return current;
}

function openSession(options: CommonOptions): Session {
  const format = options.output ?? 'table';
  let api: ApiClient | undefined;
  const system = () => {
    asked ??= findSystem(options);
    return asked;
  };
  return {
    format,
    get system() {
      return system();
    },
    get api() {
      api ??= apiClient(system().url, { functionKey: system().functionKey });
      return api;
    },
    get namedVault() {
      return namedVault(options);
    },
    get vault() {
      return findVault(options);
    },
    list: (found) => void process.stdout.write(listing(format, found)),
    show: (document, columns, below) => void process.stdout.write(showing(format, document, columns, below)),
    say: (words) => void process.stderr.write(`${words}\n`),
    endWith(code) {
      process.exitCode = code;
    },
  };
}
