// The data plane: page blobs as shared access signatures of managed disks lead to them.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Cloud } from '../cloud/cloud';
import { admit } from './admit';
import { blobHeaders, errorAnswer, send } from './answer';
import type { Blob } from './blob';
import { listPages } from './page-ranges';
import { writePages } from './page-write';
import { requestedRange } from './range';
import { sendWindow } from './send';
import { StorageError } from './storage-error';

/**
 * Answers a request on a shared access signature's URL: the page blob API as far as managed disks have it.
 */
export async function serveBlob(
  cloud: Cloud,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  try {
    await answer(cloud, request, response, url);
  } catch (error) {
    const { status, headers, body } = errorAnswer(error, request.method);
    if (response.headersSent) response.destroy();
    else {
      send(response, status, headers);
      if (request.method !== 'HEAD') response.end(body);
    }
  }
}

async function answer(
  cloud: Cloud,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const { operation, blob } = admit(cloud, request, url);
  switch (operation) {
    case 'blob.getProperties':
      send(response, 200, { ...blobHeaders(blob), 'content-length': blob.sizeBytes });
      return;
    case 'blob.download':
      return download(cloud, request, response, blob);
    case 'blob.getPageRanges':
    case 'blob.getPageRangesDiff':
      return listPages(cloud, request, response, url, blob);
    case 'blob.uploadPages':
      return writePages(cloud, request, response, blob);
    default:
      throw new StorageError(
        400,
        'UnsupportedHttpVerb',
        'The resource does not support the specified HTTP verb.',
      );
  }
}

async function download(
  cloud: Cloud,
  request: IncomingMessage,
  response: ServerResponse,
  blob: Blob,
): Promise<void> {
  const range = requestedRange(request.headers, blob.sizeBytes);
  const asked = range ?? { start: 0, end: blob.sizeBytes };
  const effect = cloud.faults.take(['cut', 'slow', 'truncate'], 'blob.download', blob.grant.resourceId);
  const end =
    effect?.kind === 'truncate' ? Math.max(asked.start + 1, asked.end - effect.missingBytes) : asked.end;
  const bodyEffect = effect?.kind === 'truncate' ? undefined : effect;
  await cloud.layers.withView(blob.stack, (view) => {
    send(response, range === undefined ? 200 : 206, {
      ...blobHeaders(blob),
      'content-length': end - asked.start,
      ...(range && { 'content-range': `bytes ${asked.start}-${end - 1}/${blob.sizeBytes}` }),
    });
    return sendWindow(response, view, { start: asked.start, end }, bodyEffect, cloud.faults.cleared());
  });
}
