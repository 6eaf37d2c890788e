import { toFailure } from '../failures/failure';
import type { Vault } from '../vault/vault';

/** Jobs that this process has looked at the vault for; more than this many run nowhere at once. */
const JOBS_REMEMBERED = 500;
const lookedFor = new Set<string>();

/**
 * Has every process that works for a job look once, for that job, whether the vault is still the one that it
 * opened: if not, the vault takes no writes from this process any more. What comes of it is for those to tell
 * who write; cleaning up goes on.
 */
export async function lookAtVaultFor(vault: Vault, jobId: string): Promise<void> {
  if (lookedFor.has(jobId)) return;
  if (lookedFor.size === JOBS_REMEMBERED) lookedFor.clear();
  lookedFor.add(jobId);
  await vault.lookAgain().catch((error) => {
    if (toFailure(error).code !== 'VaultChanged') lookedFor.delete(jobId);
  });
}
