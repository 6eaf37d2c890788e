import { collectGarbage } from '../../src/vault/garbage/collect-garbage';
import { collectionOf, countVault, type VaultReport } from '../../src/vault/usage/kept-report';
import type { Vault } from '../../src/vault/vault';

/**
 * What lies in a vault, and what a collection would free: counted now, as the HTTP API describes it. Reads
 * manifests, indexes and segments, lists the content, and writes nothing.
 */
export async function countUsage(vault: Vault, signal?: AbortSignal): Promise<VaultReport> {
  return countVault(vault, collectionOf(await collectGarbage(vault, { dryRun: true, signal })));
}
