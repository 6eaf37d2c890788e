import type { IncomingMessage, ServerResponse } from 'node:http';
import { findGrant } from '../access/sas';
import type { Cloud } from '../cloud/cloud';
import { blobHeaders, send } from './answer';
import { allocatedPages, type Blob, changedPages, openBlob } from './blob';
import { pageListXml } from './page-list';
import { requestedRange } from './range';
import { invalidHeader, StorageError } from './storage-error';

const MOST_RANGES = 10_000;
const OLDEST_DIFF_VERSION = '2019-04-19';

/** Answers `comp=pagelist`: what is allocated, or what changed since an earlier snapshot. */
export async function listPages(
  cloud: Cloud,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  blob: Blob,
): Promise<void> {
  const window = requestedRange(request.headers, blob.sizeBytes) ?? { start: 0, end: blob.sizeBytes };
  const start = Math.max(window.start, Number(url.searchParams.get('marker') ?? 0));
  const most = Math.min(Number(url.searchParams.get('maxresults') ?? MOST_RANGES), MOST_RANGES);
  if (!Number.isInteger(most) || most < 1) throw invalidHeader('maxresults');
  const previousUrl = request.headers['x-ms-previous-snapshot-url'];
  const runs =
    typeof previousUrl === 'string'
      ? diff(cloud, request, blob, previousUrl, start, window.end)
      : await cloud.layers.withView(blob.stack, async (view) =>
          allocatedPages(blob, view, start, window.end),
        );
  const hasPages = url.searchParams.has('maxresults');
  const shown = hasPages ? runs.slice(0, most) : runs;
  const body = pageListXml(shown, shown.length < runs.length ? runs[shown.length]?.start : undefined);
  send(response, 200, {
    ...blobHeaders(blob),
    'content-type': 'application/xml',
    'content-length': Buffer.byteLength(body),
    'x-ms-blob-content-length': blob.sizeBytes,
  });
  response.end(body);
}

function diff(
  cloud: Cloud,
  request: IncomingMessage,
  blob: Blob,
  previousUrl: string,
  start: number,
  end: number,
) {
  if (String(request.headers['x-ms-version'] ?? '') < OLDEST_DIFF_VERSION) {
    throw new StorageError(
      409,
      'FeatureVersionMismatch',
      'The operation for the feature requires a newer version.',
    );
  }
  const url = URL.parse(previousUrl);
  if (url === null) throw invalidHeader('x-ms-previous-snapshot-url');
  const grant = findGrant(cloud, url);
  if (grant === undefined) {
    throw new StorageError(403, 'CannotVerifyCopySource', 'The previous snapshot could not be accessed.');
  }
  const runs = changedPages(cloud, openBlob(cloud, grant), blob, start, end);
  if (runs !== undefined) return runs;
  throw new StorageError(
    409,
    'PreviousSnapshotOperationNotSupported',
    'The previous snapshot is not an earlier snapshot of the same disk.',
  );
}
