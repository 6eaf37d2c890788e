import type { IncomingMessage, ServerResponse } from 'node:http';
import { keyOf } from '../arm/ids';
import type { Cloud } from '../cloud';
import { liveLayer } from '../disks/volume';
import { send } from './answer';
import type { Blob } from './blob';
import { requestedRange } from './range';
import { isActive } from './sas';
import { authenticationFailed, invalidHeader, StorageError } from './storage-error';
import { isVhdFooter } from './vhd-footer';

const PAGE_BYTES = 512;
const MOST_BYTES = 4 * 1024 * 1024;

/** Put Page of an upload: `update` writes, `clear` makes zeros. The page behind the disk's end is the VHD footer. */
export async function writePages(
  cloud: Cloud,
  request: IncomingMessage,
  response: ServerResponse,
  blob: Blob,
): Promise<void> {
  assertWritable(blob);
  const { start, end } = requestedRange(request.headers, blob.sizeBytes) ?? { start: 0, end: 0 };
  if (end === start || start % PAGE_BYTES !== 0 || end % PAGE_BYTES !== 0) throw invalidHeader('x-ms-range');
  const action = request.headers['x-ms-page-write'];
  if (action !== 'clear' && action !== 'update') throw invalidHeader('x-ms-page-write');
  if (action === 'update' && end - start > MOST_BYTES) {
    throw new StorageError(
      413,
      'RequestBodyTooLarge',
      'The request body is too large and exceeds the maximum permissible limit.',
    );
  }
  const bytes = await readBody(request, action === 'update' ? end - start : 0);
  if (!isActive(cloud, blob.grant) || cloud.store.get('grants', blob.grant.account) === undefined) {
    throw authenticationFailed();
  }
  const layer = liveLayer(cloud.layers, blob.stack);
  const diskEnd = Math.min(end, blob.stack.sizeBytes);
  if (start < diskEnd && action === 'clear') layer.clear(start, diskEnd);
  if (start < diskEnd && action === 'update') layer.write(start, bytes.subarray(0, diskEnd - start));
  if (end > diskEnd && action === 'update')
    keepFooter(cloud, blob.grant.resourceId, bytes.subarray(-PAGE_BYTES));
  send(response, 201, {
    etag: blob.etag,
    'last-modified': cloud.now().toUTCString(),
    'x-ms-blob-sequence-number': 0,
    'x-ms-request-server-encrypted': 'true',
    'content-length': 0,
  });
}

function assertWritable({ disk, grant }: Blob): void {
  if (disk?.upload !== undefined && grant.access === 'Write') return;
  throw new StorageError(
    403,
    'AuthorizationPermissionMismatch',
    'This request is not authorized to perform this operation using this permission.',
  );
}

function keepFooter(cloud: Cloud, diskId: string, footer: Buffer): void {
  const disk = cloud.store.get('disks', keyOf(diskId));
  if (disk?.upload === undefined) return;
  const value = { ...disk, upload: { ...disk.upload, hasFooter: isVhdFooter(footer) } };
  cloud.store.commit([{ table: 'disks', key: keyOf(diskId), value }]);
}

/** @throws StorageError unless the body has exactly the length of its range */
async function readBody(request: IncomingMessage, length: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  const body = Buffer.concat(pieces);
  if (body.length === length) return body;
  throw new StorageError(
    400,
    'InvalidPageRange',
    'The page range specified does not match the length of the body.',
  );
}
