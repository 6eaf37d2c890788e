import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Cloud } from '../cloud';
import { ImageChangedError } from '../disks/base-images';
import { blobHeaders, send } from './answer';
import { type Blob, openBlob } from './blob';
import { listPages } from './page-ranges';
import { writePages } from './page-write';
import { requestedRange } from './range';
import { findGrant } from './sas';
import { sendWindow } from './send';
import { authenticationFailed, StorageError } from './storage-error';

/** Answers a request on a shared access signature's URL: the page blob API as far as managed disks have it. */
export async function serveBlob(
  cloud: Cloud,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  try {
    await answer(cloud, request, response, url);
  } catch (error) {
    const known = asStorageError(error);
    if (known !== error)
      console.error('data plane:', error instanceof ImageChangedError ? error.message : error);
    if (response.headersSent) response.destroy();
    else sendError(request, response, known);
  }
}

function asStorageError(error: unknown): StorageError {
  if (error instanceof StorageError) return error;
  const message =
    error instanceof ImageChangedError ? error.message : 'The server encountered an internal error.';
  return new StorageError(500, 'InternalError', message);
}

async function answer(
  cloud: Cloud,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const operation = operationOf(request, url);
  const grant = findGrant(cloud, url);
  const fault = cloud.faults.take(['refuse', 'expire'], operation, grant?.resourceId ?? url.pathname);
  if (fault?.kind === 'refuse') {
    const retry =
      fault.retryAfterSeconds === undefined ? undefined : { 'retry-after': String(fault.retryAfterSeconds) };
    throw new StorageError(fault.status, fault.code, fault.message ?? fault.code, retry);
  }
  if (fault?.kind === 'expire' && grant !== undefined) {
    const value = { ...grant, expiresAt: cloud.now().toISOString() };
    cloud.store.commit([{ table: 'grants', key: grant.account, value }]);
  }
  if (grant === undefined || fault?.kind === 'expire') throw authenticationFailed();
  const blob = openBlob(cloud, grant);
  assertReachable(blob, request);
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

function operationOf(request: IncomingMessage, url: URL): string {
  const comp = url.searchParams.get('comp');
  if (request.method === 'HEAD') return 'blob.getProperties';
  if (request.method === 'PUT' && comp === 'page') return 'blob.uploadPages';
  if (request.method !== 'GET') return 'blob.unknown';
  if (comp === null) return 'blob.download';
  if (comp !== 'pagelist') return 'blob.unknown';
  return request.headers['x-ms-previous-snapshot-url'] === undefined
    ? 'blob.getPageRanges'
    : 'blob.getPageRangesDiff';
}

/** Private disks are not reached over the public network, and some want a token beside the signature. */
function assertReachable({ properties }: Blob, request: IncomingMessage): void {
  if (properties.networkAccessPolicy === 'AllowPrivate' || properties.publicNetworkAccess === 'Disabled') {
    throw new StorageError(
      403,
      'AuthorizationFailure',
      'This request is not authorized to perform this operation.',
    );
  }
  if (
    properties.dataAccessAuthMode === 'AzureActiveDirectory' &&
    request.headers.authorization === undefined
  ) {
    throw new StorageError(401, 'NoAuthenticationInformation', 'Server failed to authenticate the request.');
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
    return sendWindow(response, view, { start: asked.start, end }, bodyEffect);
  });
}

/** A HEAD has no body, so there the code stands in the header alone. */
function sendError(request: IncomingMessage, response: ServerResponse, error: StorageError): void {
  const body = error.body();
  send(response, error.status, {
    ...error.headers,
    'x-ms-error-code': error.code,
    'content-type': 'application/xml',
    'content-length': Buffer.byteLength(body),
  });
  if (request.method !== 'HEAD') response.end(body);
  request.resume();
}
