import path from 'node:path';
import type { Session } from '../command/session';
import { apiAddress } from '../connection/find-system';
import { type KeySource, profilesFile, readProfiles, writeProfiles } from '../connection/profiles';
import { EXIT } from '../ending/exit-codes';
import { explainError } from '../ending/explain-error';
import { Refused } from '../ending/refused';
import type { Column } from '../output/column';
import { table } from '../output/table';

export interface SetOptions {
  url?: string;
  vault?: string;
  keyEnv?: string;
  keyFile?: string;
  keyCommand?: string;
}

interface Row {
  name: string;
  url: string;
  key: string;
  vault?: string;
}
interface Shown {
  file: string;
  system?: { url: string; because: string };
  /** Why none is found. */
  problem?: string;
  current?: string;
  profiles: Row[];
}

const FIELDS: Column<Shown>[] = [
  { name: 'system', title: 'System', value: ({ system }) => system?.url },
  { name: 'because', title: 'Because', value: ({ system }) => system?.because },
  { name: 'problem', title: 'Problem', value: ({ problem }) => problem },
  { name: 'current', title: 'Current profile', value: ({ current }) => current },
  { name: 'file', title: 'Profiles in', value: ({ file }) => file },
];
const PROFILES: Column<Row>[] = [
  { name: 'name', title: 'Profile', value: ({ name }) => name },
  { name: 'url', title: 'Address', value: ({ url }) => url },
  { name: 'key', title: 'Key', value: ({ key }) => key },
  { name: 'vault', title: 'Vault', value: ({ vault }) => vault },
];

export function showConfig(session: Session): void {
  const { current, profiles } = readProfiles();
  const rows = Object.entries(profiles).map(([name, { url, key, vault }]) => ({
    name,
    url,
    key: keyWords(key),
    vault,
  }));
  const shown: Shown = { file: profilesFile(), ...found(session), current, profiles: rows };
  session.show(shown, FIELDS, rows.length > 0 ? [table(PROFILES, rows)] : []);
}

function found(session: Session): Pick<Shown, 'system' | 'problem'> {
  try {
    const { url, because } = session.system;
    return { system: { url, because } };
  } catch (error) {
    return { problem: explainError(error).words.replaceAll('\n', ' ') };
  }
}

/** What is not given stays as it is. */
export function setProfile(session: Session, name: string, { url }: SetOptions, keys: SetOptions): void {
  const all = readProfiles();
  const before = all.profiles[name];
  const address = url === undefined ? before?.url : apiAddress(url);
  if (address === undefined) throw new Refused(EXIT.usage, `The profile ${name} is new and needs --url URL.`);
  all.profiles[name] = {
    url: address,
    key: keySource(keys) ?? (address === before?.url ? before?.key : undefined),
    vault: keys.vault === undefined ? before?.vault : withoutSecrets(keys.vault),
  };
  all.current ??= name;
  writeProfiles(all);
  session.say(`${name} is ${address}, its key: ${keyWords(all.profiles[name].key)}.`);
}

export function useProfile(session: Session, name: string): void {
  writeProfiles({ ...known(name), current: name });
  session.say(`${name} is the current profile.`);
}

export function removeProfile(session: Session, name: string): void {
  const { current, profiles } = known(name);
  const { [name]: _, ...others } = profiles;
  writeProfiles({ current: current === name ? undefined : current, profiles: others });
  session.say(`${name} is forgotten.`);
}

/** A folder is kept in full, so that it means the same wherever the command is called. */
function withoutSecrets(vault: string): string {
  if (/[?&]sig=|(^|;)\s*(AccountKey|SharedAccessSignature)\s*=/i.test(vault)) {
    throw new Refused(
      EXIT.usage,
      'That holds a signature or a key, and no secret stands in a profile.',
      'Give the URL without it: the vault is opened by who you are then. Or set VMBACKUP_VAULT instead.',
    );
  }
  return /^[a-z][a-z0-9+.-]+:\/\//i.test(vault) ? vault : path.resolve(vault);
}

function known(name: string): ReturnType<typeof readProfiles> {
  const all = readProfiles();
  if (all.profiles[name]) return all;
  throw new Refused(EXIT.notFound, `There is no profile ${name}.`, 'vmbackup config show lists them.');
}

function keySource({ keyEnv, keyFile, keyCommand }: SetOptions): KeySource | undefined {
  const given: KeySource[] = [];
  if (keyEnv !== undefined) given.push({ env: keyEnv });
  if (keyFile !== undefined) given.push({ file: keyFile });
  if (keyCommand !== undefined) given.push({ command: keyCommand });
  if (given.length > 1)
    throw new Refused(
      EXIT.usage,
      'A key comes from one place: give one of --key-env, --key-file, --key-command.',
    );
  return given[0];
}

function keyWords(key: KeySource | undefined): string {
  const [kind, where] = Object.entries(key ?? {})[0] ?? [];
  return kind === undefined ? 'none' : `${kind === 'env' ? 'variable' : kind} ${where}`;
}
