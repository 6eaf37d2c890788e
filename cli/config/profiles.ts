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
  keyEnv?: string;
  keyFile?: string;
  keyCommand?: string;
}

interface Row {
  name: string;
  url: string;
  key: string;
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
];

export function showConfig(session: Session): void {
  const { current, profiles } = readProfiles();
  const rows = Object.entries(profiles).map(([name, { url, key }]) => ({ name, url, key: keyWords(key) }));
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
