import { EXIT } from '../ending/exit-codes';
import { Refused } from '../ending/refused';
import type { Asked } from './find-system';
import { readProfiles } from './profiles';
import { runningSystem, runningSystemIfAny } from './running-system';

/** What the command line says about which vault is meant. */
export interface AskedVault extends Asked {
  /** Its container's URL, a connection string, or a folder. */
  vault?: string;
}

/** A vault to be read straight from its container. */
export interface FoundVault {
  /** Its container's URL, a connection string, or a folder: a secret where it has a signature or a key. */
  address: string;
  /** Why this one, in words that go on after "because". */
  because: string;
}

/**
 * The vault that somebody named, on the command line or in the environment; a system that is named on the
 * command line goes before the environment.
 */
export function namedVault(asked: AskedVault, env = process.env): FoundVault | undefined {
  if (asked.vault !== undefined) return { address: asked.vault, because: '--vault says so' };
  const system = asked.url ?? asked.profile ?? asked.state;
  if (system === undefined && env.VMBACKUP_VAULT)
    return { address: env.VMBACKUP_VAULT, because: 'VMBACKUP_VAULT says so' };
  return undefined;
}

/**
 * The vault that is meant: the named one, else that of the system that is named or runs here, as far as it is
 * known where that has its vault. Throws `Refused` when it is not, `StartRefused` when nothing runs on a
 * state folder that is named.
 */
export function findVault(asked: AskedVault, env = process.env): FoundVault {
  const named = namedVault(asked, env);
  if (named) return named;
  if (asked.url !== undefined) throw unknown('It is not known where the system at --url has its vault.');
  if (asked.profile !== undefined) return ofProfile(asked.profile, '--profile says so');
  if (asked.state !== undefined) return running(runningSystem(asked.state));
  if (env.VMBACKUP_PROFILE) return ofProfile(env.VMBACKUP_PROFILE, 'VMBACKUP_PROFILE says so');
  const here = env.VMBACKUP_URL ? undefined : runningSystemIfAny();
  if (here) return running(here);
  const { current } = readProfiles();
  if (current !== undefined && !env.VMBACKUP_URL) return ofProfile(current, 'it is the current profile');
  throw unknown('No vault is named, and no system runs here.');
}

const running = ({ dir, addresses }: ReturnType<typeof runningSystem>): FoundVault => ({
  address: addresses.connectionString,
  because: `it runs on ${dir}`,
});

function ofProfile(name: string, because: string): FoundVault {
  const profile = readProfiles().profiles[name];
  if (!profile)
    throw new Refused(EXIT.usage, `There is no profile ${name}.`, 'vmbackup config show lists them.');
  if (profile.vault === undefined) throw unknown(`The profile ${name} does not say where its vault is.`);
  return { address: profile.vault, because: `${because}: ${name}` };
}

const unknown = (words: string): Refused =>
  new Refused(
    EXIT.usage,
    words,
    'Name it: --vault URL|FOLDER, VMBACKUP_VAULT, or vmbackup config set NAME --vault URL.',
  );
