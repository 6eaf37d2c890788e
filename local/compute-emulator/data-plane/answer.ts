import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Blob } from './blob';

export function blobHeaders(blob: Blob): Record<string, string> {
  return {
    'content-type': 'application/octet-stream',
    etag: blob.etag,
    'last-modified': blob.lastModified.toUTCString(),
    'accept-ranges': 'bytes',
    'x-ms-blob-type': 'PageBlob',
    'x-ms-lease-status': 'unlocked',
    'x-ms-lease-state': 'available',
    'x-ms-server-encrypted': 'true',
  };
}

/** Starts an answer, with what every answer of the storage service carries. */
export function send(
  response: ServerResponse,
  status: number,
  headers: Record<string, string | number>,
): void {
  response.writeHead(status, { ...headers, 'x-ms-request-id': randomUUID(), 'x-ms-version': '2021-12-02' });
  if (response.req.method === 'HEAD' || status === 201) response.end();
}
