import { type ContainerClient, RestError } from '@azure/storage-blob';
import { itemOf, statusOf } from './azure-answers';
import type { BlobStore, WriteCondition, WriteResult } from './blob-store';

/** The writes to a container. A race that is lost and a blob that is locked are answers. */
export function azureWrites(container: ContainerClient): Pick<BlobStore, 'put' | 'touch' | 'delete'> {
  return {
    async put(name, body, condition?: WriteCondition, signal?: AbortSignal) {
      return unlessConditionFails(condition !== undefined, () =>
        container
          .getBlockBlobClient(name)
          .upload(body, body.length, { conditions: conditionsOf(condition), abortSignal: signal }),
      );
    },

    async touch(name, ifMatch) {
      return unlessConditionFails(true, () =>
        container.getBlobClient(name).setMetadata({}, { conditions: { ifMatch } }),
      );
    },

    async delete(name, condition) {
      try {
        await container.getBlobClient(name).delete({ conditions: condition });
        return 'deleted';
      } catch (error) {
        if (statusOf(error) === 404) return 'missing';
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

/** A lost condition is 412, or 409 where the blob had to be absent; a missing blob cannot match an ETag either. */
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
