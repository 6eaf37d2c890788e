import type { GuestFacts } from '../fleet/guest';

/**
 * Scripts are never executed. A script says in a comment which one it is, `# script-id: <id>`, and the table says which of
 * the guest's facts it prints, as compact JSON. A fleet file adds scripts of its own.
 */
export const KNOWN_SCRIPTS: Readonly<Record<string, readonly string[]>> = {
  'durable-vm-backup/windows-state/1': ['vcRedist2013x64', 'vssStartMode', 'iaasVmProvider'],
};

const SCRIPT_ID = /^\s*(?:#|REM|::)\s*script-id:\s*(\S+)\s*$/im;
const LONGEST_OUTPUT_BYTES = 4096;

/** What a script prints and ends with. */
export interface ScriptResult {
  stdout: string;
  stderr: string;
  exitCode: number;
}

/** @param answers script id → names of the facts that it prints; `guest-facts` prints all */
export function runScript(
  script: string,
  facts: GuestFacts,
  answers: Readonly<Record<string, readonly string[]>>,
): ScriptResult {
  const id = SCRIPT_ID.exec(script)?.[1];
  const names = id === 'guest-facts' ? Object.keys(facts) : id === undefined ? undefined : answers[id];
  if (names === undefined) {
    const reason =
      id === undefined ? 'it has no "# script-id:" comment' : `nothing is known of script id ${id}`;
    return { stdout: '', stderr: `The emulator does not execute scripts, and ${reason}.`, exitCode: 1 };
  }
  const stdout = JSON.stringify(Object.fromEntries(names.map((name) => [name, facts[name] ?? null])));
  return { stdout: stdout.slice(-LONGEST_OUTPUT_BYTES), stderr: '', exitCode: 0 };
}
