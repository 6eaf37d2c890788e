import { type Collection, collection } from '../documents/collection';
import type { BlobStore } from '../storage/blob-store';
import { BackupPolicy, PRESET_POLICIES } from './policy';

export const policyDocuments = (store: BlobStore): Collection<BackupPolicy> =>
  collection(store, 'policies', BackupPolicy, { remember: 'in-process' });

/** A policy in force, with the service time of its last change; preset ones have none. */
export interface PolicyInForce {
  policy: BackupPolicy;
  since?: string;
  etag?: string;
}

/**
 * Every policy in force by name: the documents, and the presets that no document replaces. A document that
 * cannot be read takes its own policy out of force, preset or not: guessing what it said would be worse than
 * backing up nobody by it.
 */
export async function policiesInForce(
  documents: Collection<BackupPolicy>,
): Promise<Map<string, PolicyInForce>> {
  const inForce = new Map<string, PolicyInForce>(
    Object.entries(PRESET_POLICIES).map(([name, policy]) => [name, { policy }]),
  );
  const onUnreadable = (_error: unknown, name: string) => inForce.delete(name);
  for await (const { name, value, etag, lastModified } of documents.list({ onUnreadable })) {
    inForce.set(name, { policy: value, since: lastModified, etag });
  }
  return inForce;
}
