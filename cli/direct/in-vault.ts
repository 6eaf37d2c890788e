import type { Vault } from '../../direct/open-vault';
import type { Session } from '../command/session';
import { EXIT } from '../ending/exit-codes';
import { Refused } from '../ending/refused';
import { library } from './load-library';

/** Whoever ends a command gives it so long to leave things in order. */
const END_WITHIN_MS = 10_000;

export interface HowOpened {
  /** Of the vault; the one that is meant when left out. */
  address?: string;
  /** For the processor's share of reading. */
  threads?: number;
}

/**
 * Opens the vault that is meant, reads in it, and closes it. On Ctrl-C the signal is aborted, and the command
 * ends with the code of an interruption.
 * @param leftover what an interruption leaves, and how to go on from there
 */
export async function inVault(
  session: Session,
  leftover: string,
  work: (vault: Vault, signal: AbortSignal) => Promise<void>,
  { address = session.vault.address, threads }: HowOpened = {},
): Promise<void> {
  const { openVaultAt, codecOnThreads } = library();
  const { signal, done } = untilInterrupted();
  const codec = codecOnThreads(threads);
  try {
    await work(await openVaultAt(address, { codec }), signal);
  } catch (error) {
    throw signal.aborted ? new Refused(EXIT.interrupted, `Stopped. ${leftover}`) : error;
  } finally {
    done();
    await codec.close();
  }
}

/** A signal that Ctrl-C aborts. What does not end by it is ended after a while. */
export function untilInterrupted(): { signal: AbortSignal; done: () => void } {
  const stop = new AbortController();
  const onSignal = () => {
    stop.abort();
    setTimeout(() => process.exit(EXIT.interrupted), END_WITHIN_MS).unref();
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of signals) process.once(name, onSignal);
  return {
    signal: stop.signal,
    done: () => {
      for (const name of signals) process.off(name, onSignal);
    },
  };
}
