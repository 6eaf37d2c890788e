import type { IncomingMessage, ServerResponse } from 'node:http';
import { keyOf } from '../arm/ids';
import type { Cloud } from '../cloud';
import { liveLayer } from '../disks/volume';
import type { Blob } from './blob';
import { send } from './data-plane';
import { requestedRange } from './range';
import { invalidHeader, StorageError } from './storage-error';
import { isVhdFooter } from './vhd-footer';

const PAGE_BYTES = 512;
const MOST_BYTES = 4 * 1024 * 1024;

/** Put Page of an upload: `update` writes, `clear` makes zeros. The pages behind the disk's end are the VHD footer. */
export async function writePages(
  cloud: Cloud,
  request: IncomingMessage,
  response: ServerResponse,
  blob: Blob,
): Promise<void> {
  if (blob.disk?.upload === undefined || blob.grant.access !== 'Write') {
    throw new StorageError(
      403,
      'AuthorizationPermissionMismatch',
      'This request is not authorized to perform this operation using this permission.',
    );
  }
  const { start, end } = requestedRange(request.headers, blob.sizeBytes) ?? { start: 0, end: 0 };
  if (end === start || start % PAGE_BYTES !== 0 || end % PAGE_BYTES !== 0) throw invalidHeader('x-ms-range');
  const action = request.headers['x-ms-page-write'];
  const diskBytes = blob.stack.sizeBytes;
  if (action === 'clear') {
    liveLayer(cloud.layers, blob.stack).clear(start, Math.min(end, diskBytes));
  } else if (action === 'update') {
    if (end - start > MOST_BYTES) {
      throw new StorageError(
        413,
        'RequestBodyTooLarge',
        'The request body is too large and exceeds the maximum permissible limit.',
      );
    }
    const bytes = await readBody(request, end - start);
    const ofDisk = Math.max(0, Math.min(bytes.length, diskBytes - start));
    if (ofDisk > 0) liveLayer(cloud.layers, blob.stack).write(start, bytes.subarray(0, ofDisk));
    if (ofDisk < bytes.length) keepFooter(cloud, blob.disk.id, bytes.subarray(ofDisk));
  } else {
    throw invalidHeader('x-ms-page-write');
  }
  send(response, 201, {
    etag: blob.etag,
    'last-modified': cloud.now().toUTCString(),
    'x-ms-blob-sequence-number': 0,
    'x-ms-request-server-encrypted': 'true',
    'content-length': 0,
  });
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
