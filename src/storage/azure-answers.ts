import { RestError } from '@azure/storage-blob';
import type { BlobItem } from './blob-store';
import { objectError } from './object-error';

/** The HTTP status of a refusal of the service; undefined for anything else that was thrown. */
export const statusOf = (error: unknown): number | undefined =>
  error instanceof RestError ? error.statusCode : undefined;

/** What the service tells of a blob, as the vault knows it. Fails with `VaultObjectDamaged` where it tells no ETag or time. */
export function itemOf(
  name: string,
  sizeBytes: number,
  from: { etag?: string; lastModified?: Date },
): BlobItem {
  const { etag, lastModified } = from;
  if (!etag || !lastModified)
    throw objectError('VaultObjectDamaged', name, 'the storage service gave no ETag or time');
  // A listing gives ETags without quotes, everything else with them: one spelling for comparisons and conditions.
  const quoted = etag.startsWith('"') ? etag : `"${etag}"`;
  return { name, sizeBytes, etag: quoted, lastModified: lastModified.toISOString() };
}
