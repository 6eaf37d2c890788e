import type { GuestFacts } from './guest';

/** What a script does to its guest, in facts: those it changes, and the names of those it prints. */
export interface KnownScript {
  sets?: GuestFacts;
  prints: readonly string[];
}

/** Scripts by id. */
export type KnownScripts = Readonly<Record<string, KnownScript>>;

/**
 * Scripts are never executed. A script says in a comment which one it is, `# script-id: <id>`, and this table
 * says what it does; what it prints is compact JSON. A fleet file adds scripts of its own.
 */
export const KNOWN_SCRIPTS: KnownScripts = {
  'durable-vm-backup/windows-state/1': { prints: ['vcRedist2013x64', 'vssStartMode', 'iaasVmProvider'] },
  'durable-vm-backup/vss-full/1': { sets: { useVssCopyBackup: 'FALSE' }, prints: ['useVssCopyBackup'] },
  'durable-vm-backup/vss-copy-only/1': { sets: { useVssCopyBackup: 'TRUE' }, prints: ['useVssCopyBackup'] },
};

const SCRIPT_ID = /^\s*(?:#|REM|::)\s*script-id:\s*(\S+)\s*$/im;
const ALL_FACTS = 'guest-facts';
const LONGEST_OUTPUT_BYTES = 4096;

/** What a script prints, and the facts of the guest after it. */
export interface ScriptResult {
  stdout: string;
  stderr: string;
  exitCode: number;
  facts: GuestFacts;
}

/** Plays a script inside a guest; the id `guest-facts` prints all facts. */
export function runScript(script: string, before: GuestFacts, scripts: KnownScripts): ScriptResult {
  const id = SCRIPT_ID.exec(script)?.[1];
  const known =
    id === ALL_FACTS ? { prints: Object.keys(before) } : id === undefined ? undefined : scripts[id];
  if (known === undefined) {
    const reason =
      id === undefined ? 'it has no "# script-id:" comment' : `nothing is known of script id ${id}`;
    return {
      stdout: '',
      stderr: `The emulator does not execute scripts, and ${reason}.`,
      exitCode: 1,
      facts: before,
    };
  }
  const facts = { ...before, ...known.sets };
  const stdout = JSON.stringify(Object.fromEntries(known.prints.map((name) => [name, facts[name] ?? null])));
  return { stdout: stdout.slice(-LONGEST_OUTPUT_BYTES), stderr: '', exitCode: 0, facts };
}
