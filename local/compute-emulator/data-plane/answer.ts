import { randomUUID } from 'node:crypto';
import { type ServerResponse, STATUS_CODES } from 'node:http';
import { logTrouble, troubleOf } from '../cloud/trouble';
import type { Blob } from './blob';
import { StorageError } from './storage-error';

type Headers = Record<string, string | number>;

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
export function send(response: ServerResponse, status: number, headers: Headers): void {
  response.writeHead(status, { ...headers, ...serviceHeaders() });
  if (response.req.method === 'HEAD' || status === 201) response.end();
}

/** The same answer as it goes over the wire, for a connection without an HTTP server. */
export function answerText(status: number, headers: Headers, body = ''): string {
  const lines = Object.entries({ ...headers, ...serviceHeaders(), date: new Date().toUTCString() });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${head}\r\n${body}`;
}

/** What a request that failed is answered; a HEAD has no body, so the code stands in the header too. */
export function errorAnswer(
  error: unknown,
  method: string | undefined,
): { status: number; headers: Headers; body: string } {
  const known = asStorageError(error);
  if (known !== error) logTrouble('data plane', error);
  const headers = { ...known.headers, 'x-ms-error-code': known.code };
  // The .NET client takes the type of a body for the promise of one, and fails to parse it.
  if (method === 'HEAD') return { status: known.status, headers, body: '' };
  const body = known.body();
  const ofBody = { 'content-type': 'application/xml', 'content-length': Buffer.byteLength(body) };
  return { status: known.status, headers: { ...headers, ...ofBody }, body };
}

const serviceHeaders = () => ({ 'x-ms-request-id': randomUUID(), 'x-ms-version': '2021-12-02' });

function asStorageError(error: unknown): StorageError {
  if (error instanceof StorageError) return error;
  const { status, code, message } = troubleOf(error) ?? {
    status: 500,
    code: 'InternalError',
    message: 'The server encountered an internal error.',
  };
  return new StorageError(status, code, message);
}
