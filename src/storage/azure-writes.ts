import { type ContainerClient, RestError } from '@azure/storage-blob';
import { isMissing, itemOf, statusOf, WRITER } from './azure-answers';
import type { BlobStore, WriteCondition, WriteResult } from './blob-store';
import type { Answered } from './patience';

/** The writes to a container. A race that is lost and a blob that is locked are answers. */
export function azureWrites(
  container: ContainerClient,
  answered: Answered,
): Pick<BlobStore, 'put' | 'touch' | 'delete'> {
  return {
    async put(name, body, condition?: WriteCondition, signal?: AbortSignal) {
      const blob = container.getBlockBlobClient(name);
      const conditions = conditionsOf(condition);
      const metadata = condition?.by === undefined ? undefined : { [WRITER]: condition.by };
      return unlessConditionFails(condition !== undefined, () =>
        answered(
          (abortSignal) => blob.upload(body, body.length, { conditions, metadata, abortSignal }),
          signal,
        ),
      );
    },

    async touch(name, ifMatch) {
      const blob = container.getBlobClient(name);
      return unlessConditionFails(true, () =>
        answered((abortSignal) => blob.setMetadata({}, { conditions: { ifMatch }, abortSignal })),
      );
    },

    async delete(name, condition) {
      try {
        const blob = container.getBlobClient(name);
        await answered((abortSignal) => blob.delete({ conditions: condition, abortSignal }));
        return 'deleted';
      } catch (error) {
        if (isMissing(error)) return 'missing';
        if (statusOf(error) === 412 || isLocked(error)) return 'conflict';
        throw error;
      }
    },
  };
}

/** What the blob service answers when a policy, a legal hold or a lease keeps a blob as it is. */
const LOCKS = ['BlobImmutableDueToPolicy', 'LeaseIdMissing'];
const isLocked = (error: unknown) => error instanceof RestError && LOCKS.includes(error.code ?? '');

const conditionsOf = (condition: WriteCondition | undefined) =>
  condition && ('ifAbsent' in condition ? { ifNoneMatch: '*' } : { ifMatch: condition.ifMatch });

/**
 * A lost condition is 412, or 409 where the blob had to be absent; a missing blob cannot match an ETag
 * either.
 */
async function unlessConditionFails(
  conditional: boolean,
  write: () => Promise<{ etag?: string; lastModified?: Date }>,
): Promise<WriteResult> {
  try {
    const { etag, lastModified } = itemOf('', 0, await write());
    return { written: true, etag, lastModified };
  } catch (error) {
    if (conditional && isLocked(error)) return { written: false, locked: true };
    const code = error instanceof RestError ? error.code : undefined;
    const lost = statusOf(error) === 412 || code === 'BlobAlreadyExists' || code === 'BlobNotFound';
    if (conditional && lost) return { written: false };
    throw error;
  }
}
