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

/** One policy in force. Throws `DocumentUnreadable` for one whose document cannot be read. */
export async function policyOf(
  documents: Collection<BackupPolicy>,
  name: string,
): Promise<PolicyInForce | undefined> {
  const document = await documents.read(name);
  if (document) return { policy: document.value, since: document.lastModified, etag: document.etag };
  const preset = Object.hasOwn(PRESET_POLICIES, name) ? PRESET_POLICIES[name] : undefined;
  return preset && { policy: preset };
}
