import { RestError } from '@azure/storage-blob';
import { brokenInvariant } from '../failures/failure';
import type { BlobItem } from './blob-store';
import { objectError } from './object-error';

/** The metadata of a blob that says who wrote it. */
export const WRITER = 'writer';

/** The HTTP status of a refusal of the service; undefined for anything else that was thrown. */
export const statusOf = (error: unknown): number | undefined =>
  error instanceof RestError ? error.statusCode : undefined;

/**
 * Whether a blob is not there although its container is: without the container nobody knows what is there.
 */
export function isMissing(error: unknown): boolean {
  if (statusOf(error) !== 404) return false;
  const { response, code } = error as RestError;
  return (response?.headers.get('x-ms-error-code') ?? code) !== 'ContainerNotFound';
}

/**
 * What the service tells of a blob, as the vault knows it. Fails with `VaultObjectDamaged` where it tells no
 * ETag or time.
 */
export function itemOf(
  name: string,
  sizeBytes: number,
  from: { etag?: string; lastModified?: Date },
): BlobItem {
  const { etag, lastModified } = from;
  if (!etag || !lastModified)
    throw objectError('VaultObjectDamaged', name, 'the storage service gave no ETag or time');
  // A listing gives ETags without quotes, everything else with them: one spelling for comparisons and
  // conditions.
  const quoted = etag.startsWith('"') ? etag : `"${etag}"`;
  return { name, sizeBytes, etag: quoted, lastModified: lastModified.toISOString() };
}

/**
 * The service's clock, from the `Date` of an answer: ISO 8601 UTC. Every answer has one (RFC 9110, 6.6.1);
 * the host's clock, which may be days off, never stands in for it.
 */
export function serviceTime(date: Date | undefined): string {
  if (!date || Number.isNaN(date.getTime())) throw brokenInvariant('An answer of the storage has no Date.');
  return date.toISOString();
}
