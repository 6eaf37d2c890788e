import { EXIT } from '../ending/exit-codes';
import { Refused } from '../ending/refused';
import { readKey, refuseOpenTransport } from './function-key';
import { type Profile, readProfiles } from './profiles';
import { runningSystem, runningSystemIfAny } from './running-system';

/** What the command line and the environment say about which system is meant. */
export interface Asked {
  url?: string;
  profile?: string;
  state?: string;
}

export interface FoundSystem {
  /** Base address of the API, with its prefix. */
  url: string;
  /** Why this one, in words that go on after "because". */
  because: string;
  functionKey?: string;
  /** Address of the compute emulator, of a system that `npm start` runs. */
  emulator?: string;
}

/**
 * Which system is meant: what is named on the command line, else in the environment, else the `npm start`
 * that runs here, else the current profile. A key goes only to the address that it was given for. Throws
 * `Refused` when nothing is found, `StartRefused` when nothing runs on a state folder that is named.
 */
export function findSystem(asked: Asked, env = process.env): FoundSystem {
  if (asked.url !== undefined) return at(asked.url, '--url says so', env.VMBACKUP_KEY);
  if (asked.profile !== undefined) return byProfile(asked.profile, '--profile says so', env.VMBACKUP_KEY);
  if (asked.state !== undefined) return running(runningSystem(asked.state));
  if (env.VMBACKUP_URL) return at(env.VMBACKUP_URL, 'VMBACKUP_URL says so', env.VMBACKUP_KEY);
  if (env.VMBACKUP_PROFILE)
    return byProfile(env.VMBACKUP_PROFILE, 'VMBACKUP_PROFILE says so', env.VMBACKUP_KEY);
  const here = runningSystemIfAny();
  if (here) return running(here);
  const { current } = readProfiles();
  if (current !== undefined) return byProfile(current, 'it is the current profile', env.VMBACKUP_KEY);
  throw new Refused(
    EXIT.unreachable,
    'No system is named, and none runs here.',
    'Start one with npm start, or name one: --url URL, VMBACKUP_URL, or vmbackup config set NAME --url URL.',
  );
}

const running = ({ dir, addresses }: ReturnType<typeof runningSystem>): FoundSystem => ({
  url: addresses.api,
  because: `it runs on ${dir}`,
  emulator: addresses.emulator,
});

function byProfile(name: string, because: string, key: string | undefined): FoundSystem {
  const profile: Profile | undefined = readProfiles().profiles[name];
  if (!profile)
    throw new Refused(EXIT.usage, `There is no profile ${name}.`, 'vmbackup config show lists them.');
  const ofProfile = key ?? (profile.key && readKey(profile.key));
  return at(profile.url, `${because}: ${name}`, ofProfile);
}

function at(text: string, because: string, key: string | undefined): FoundSystem {
  const url = apiAddress(text);
  const functionKey = key?.trim() || undefined;
  if (functionKey !== undefined) refuseOpenTransport(url);
  return { url, because, functionKey };
}

/** An address as people give it: a bare host means HTTPS, no path means the API's own prefix. */
export function apiAddress(text: string): string {
  const full = /^https?:\/\//i.test(text) ? text : `https://${text}`;
  const url = URL.canParse(full) ? new URL(full) : undefined;
  if (!url || url.search || url.hash || url.username) {
    throw new Refused(
      EXIT.usage,
      `${JSON.stringify(text)} is not the address of an API.`,
      'It looks like https://NAME.azurewebsites.net/api, without a query.',
    );
  }
  return url.pathname === '/' ? `${url.origin}/api` : url.href.replace(/\/+$/, '');
}
