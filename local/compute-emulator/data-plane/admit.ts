import type { IncomingHttpHeaders } from 'node:http';
import { findGrant } from '../access/sas';
import type { Cloud } from '../cloud/cloud';
import { type Blob, openBlob } from './blob';
import { authenticationFailed, StorageError } from './storage-error';

/** As much of a request as decides whether it is let in. */
export interface BlobRequest {
  method?: string;
  headers: IncomingHttpHeaders;
}

/** A request that was let in. */
export interface Admitted {
  operation: string;
  blob: Blob;
}

/**
 * Lets a request in that has the right to the blob and meets no fault that is set for it.
 * @throws StorageError
 */
export function admit(cloud: Cloud, request: BlobRequest, url: URL): Admitted {
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
  assertReachable(blob, request, cloud.settings.insidePrivateNetwork);
  return { operation, blob };
}

function operationOf(request: BlobRequest, url: URL): string {
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
function assertReachable({ properties }: Blob, { headers }: BlobRequest, isInside: boolean): void {
  const isPrivate = properties.networkAccessPolicy === 'AllowPrivate';
  const isReachable = isPrivate ? isInside : properties.publicNetworkAccess !== 'Disabled';
  if (!isReachable) {
    throw new StorageError(
      403,
      'AuthorizationFailure',
      'This request is not authorized to perform this operation.',
    );
  }
  if (properties.dataAccessAuthMode === 'AzureActiveDirectory' && headers.authorization === undefined) {
    throw new StorageError(401, 'NoAuthenticationInformation', 'Server failed to authenticate the request.');
  }
}
