import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { isActive } from '../access/grants';
import type { Cloud } from '../cloud/cloud';
import { keyOf } from '../cloud/ids';
import { unended } from '../cloud/request-body';
import { giveBackPageBuffer, MOST_PAGES_BYTES, takePageBuffer } from '../disks/page-buffers';
import { liveLayer } from '../disks/volume';
import { send } from './answer';
import type { Blob } from './blob';
import { type ByteWindow, requestedRange } from './range';
import { authenticationFailed, invalidHeader, StorageError } from './storage-error';
import { isVhdFooter } from './vhd-footer';

const PAGE_BYTES = 512;

/** What a Put Page is about: `update` writes, `clear` makes zeros. */
export interface AskedPages extends ByteWindow {
  action: 'update' | 'clear';
}

/** Reads what a Put Page asks for. The page behind the disk's end is the VHD footer. */
export function askedPages(blob: Blob, headers: IncomingHttpHeaders): AskedPages {
  assertWritable(blob);
  const { start, end } = requestedRange(headers, blob.sizeBytes) ?? { start: 0, end: 0 };
  if (end === start || start % PAGE_BYTES !== 0 || end % PAGE_BYTES !== 0) throw invalidHeader('x-ms-range');
  const action = headers['x-ms-page-write'];
  if (action !== 'clear' && action !== 'update') throw invalidHeader('x-ms-page-write');
  if (action === 'update' && end - start > MOST_PAGES_BYTES) {
    throw new StorageError(
      413,
      'RequestBodyTooLarge',
      'The request body is too large and exceeds the maximum permissible limit.',
    );
  }
  return { start, end, action };
}

/** Carries a Put Page out at once, unless its access has ended while its bytes were on the way. */
export function storePages(
  cloud: Cloud,
  blob: Blob,
  { start, end, action }: AskedPages,
  bytes: Buffer,
): void {
  if (bytes.length !== (action === 'update' ? end - start : 0)) throw wrongLength();
  if (!isActive(cloud, blob.grant) || cloud.store.get('grants', blob.grant.account) === undefined) {
    throw authenticationFailed();
  }
  const layer = liveLayer(cloud.layers, blob.stack);
  const diskEnd = Math.min(end, blob.stack.sizeBytes);
  if (start < diskEnd && action === 'clear') layer.clear(start, diskEnd);
  if (start < diskEnd && action === 'update') layer.write(start, bytes.subarray(0, diskEnd - start));
  if (end > diskEnd && action === 'update')
    keepFooter(cloud, blob.grant.resourceId, bytes.subarray(-PAGE_BYTES));
}

/** The headers of the answer to a Put Page that was carried out. */
export const writtenHeaders = (cloud: Cloud, blob: Blob) => ({
  etag: blob.etag,
  'last-modified': cloud.now().toUTCString(),
  'x-ms-blob-sequence-number': 0,
  'x-ms-request-server-encrypted': 'true',
  'content-length': 0,
});

/** Put Page as it comes over the HTTP server. */
export async function writePages(
  cloud: Cloud,
  request: IncomingMessage,
  response: ServerResponse,
  blob: Blob,
): Promise<void> {
  const asked = askedPages(blob, request.headers);
  const buffer = takePageBuffer();
  try {
    storePages(cloud, blob, asked, await readBody(request, buffer));
  } finally {
    giveBackPageBuffer(buffer);
  }
  send(response, 201, writtenHeaders(cloud, blob));
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

/** The body, in the buffer it is given. */
async function readBody(request: IncomingMessage, into: Buffer): Promise<Buffer> {
  let length = 0;
  for await (const piece of unended(request)) {
    if (length + piece.length > into.length) throw wrongLength();
    length += piece.copy(into, length);
  }
  return into.subarray(0, length);
}

const wrongLength = (): StorageError =>
  new StorageError(
    400,
    'InvalidPageRange',
    'The page range specified does not match the length of the body.',
  );
