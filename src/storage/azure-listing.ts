import type { ContainerClient, ContainerListBlobFlatSegmentResponse } from '@azure/storage-blob';
import { itemOf } from './azure-answers';
import type { BlobStore } from './blob-store';
import type { Answered } from './patience';

/** The service gives no more at once. */
const LARGEST_PAGE = 5000;

/** The listings of a container, page after page as they are asked for. */
export function azureListing(container: ContainerClient, answered: Answered): BlobStore['list'] {
  return async function* list(prefix, { startAfter = '', limit = LARGEST_PAGE } = {}) {
    let maxPageSize = startAfter ? LARGEST_PAGE : Math.min(limit, LARGEST_PAGE);
    let continuationToken: string | undefined;
    do {
      const page: ContainerListBlobFlatSegmentResponse = await answered(async (abortSignal) => {
        const pages = container.listBlobsFlat({ prefix, abortSignal });
        return (await pages.byPage({ maxPageSize, continuationToken }).next()).value;
      });
      for (const { name, properties } of page.segment.blobItems) {
        if (name > startAfter) yield itemOf(name, properties.contentLength ?? 0, properties);
      }
      continuationToken = page.continuationToken;
      // Who did not stop where it was expected goes a long way.
      maxPageSize = LARGEST_PAGE;
    } while (continuationToken);
  };
}
