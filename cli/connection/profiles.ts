import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { EXIT } from '../ending/exit-codes';
import { Refused } from '../ending/refused';

/** Where the function key of a system is found. The key itself stands in no profile and in no argument. */
export type KeySource = { env: string } | { file: string } | { command: string };

/** One system, as people call it. */
export interface Profile {
  /** Base address of the API, with its prefix. */
  url: string;
  key?: KeySource;
  /** Where its vault is: a container's URL without a signature, or a folder. */
  vault?: string;
}

export interface Profiles {
  /** The one that is asked when nobody says which. */
  current?: string;
  profiles: Record<string, Profile>;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** `$XDG_CONFIG_HOME/vmbackup/config.json`; on Windows below `%APPDATA%`. */
export function profilesFile(env: Environment = process.env): string {
  const windows = process.platform === 'win32' ? env.APPDATA : undefined;
  const home = env.XDG_CONFIG_HOME || windows || path.join(homedir(), '.config');
  return path.join(home, 'vmbackup', 'config.json');
}

/** No file is no profiles. Throws `Refused` when it cannot be understood. */
export function readProfiles(file = profilesFile()): Profiles {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { profiles: {} };
    throw unreadable(file, (error as Error).message);
  }
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    throw unreadable(file, 'it is not JSON');
  }
  return checked(read, file);
}

/** Writes beside and renames, so that nobody reads half of it. */
export function writeProfiles(profiles: Profiles, file = profilesFile()): void {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(profiles, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, file);
}

function checked(read: unknown, file: string): Profiles {
  const { current, profiles = {} } = (isObject(read) ? read : {}) as Partial<Profiles>;
  if (!isObject(read) || !isObject(profiles)) throw unreadable(file, 'it holds no "profiles"');
  for (const [name, profile] of Object.entries(profiles)) {
    if (!isObject(profile) || typeof profile.url !== 'string')
      throw unreadable(file, `"${name}" has no "url"`);
    if (profile.vault !== undefined && typeof profile.vault !== 'string')
      throw unreadable(file, `the "vault" of "${name}" is no text`);
    if (profile.key !== undefined && !isKeySource(profile.key)) {
      throw unreadable(file, `the "key" of "${name}" is not {"env"}, {"file"} or {"command"}`);
    }
  }
  return { current, profiles };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isKeySource = (value: unknown): boolean => {
  const [name = '', ...more] = isObject(value) ? Object.keys(value) : [];
  return more.length === 0 && ['env', 'file', 'command'].includes(name);
};

const unreadable = (file: string, why: string): Refused =>
  new Refused(
    EXIT.usage,
    `${file} cannot be used: ${why}.`,
    'Mend it, or write it anew: vmbackup config set NAME --url URL.',
  );
