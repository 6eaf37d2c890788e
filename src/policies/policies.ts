import { type Collection, collection } from '../documents/collection';
import type { BlobStore } from '../vault/store/blob-store';
import { BackupPolicy, PRESET_POLICIES } from './policy';

export const policyDocuments = (store: BlobStore): Collection<BackupPolicy> =>
  collection(store, 'policies', BackupPolicy);

/** A policy in force, with the service time of its last change; preset ones have none. */
export interface PolicyInForce {
  policy: BackupPolicy;
  since?: string;
  etag?: string;
}

/** Every policy in force by name: the documents, and the presets that no document replaces. */
export async function policiesInForce(
  documents: Collection<BackupPolicy>,
): Promise<Map<string, PolicyInForce>> {
  const inForce = new Map<string, PolicyInForce>(
    Object.entries(PRESET_POLICIES).map(([name, policy]) => [name, { policy }]),
  );
  for await (const { name, value, etag, lastModified } of documents.list()) {
    inForce.set(name, { policy: value, since: lastModified, etag });
  }
  return inForce;
}
