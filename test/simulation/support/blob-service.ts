import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BlobItem, BlobStore, WriteResult } from '../../../src/storage/blob-store';
import { loopbackServer } from '../../support/loopback-server';
import { folderedBlobStore } from './foldered-blob-store';
import { type StorageFaults, storageFaults } from './storage-faults';

/** A blob service in memory whose clock the test holds: Azurite has none that could jump. */
export interface BlobService {
  connectionString: string;
  faults: StorageFaults;
  /** What is in a container, past the service and its faults. */
  container(name: string): BlobStore;
  close(): Promise<void>;
}

/**
 * Speaks as much of the Blob Storage REST API as the SDK uses for a vault. It is held to the contract of a
 * blob store, through the real SDK, as Azurite is.
 */
export async function startBlobService(now: () => Date): Promise<BlobService> {
  const containers = new Map<string, BlobStore>();
  const open = (container: string): BlobStore => {
    const known = containers.get(container) ?? folderedBlobStore({ now });
    containers.set(container, known);
    return known;
  };
  const faults = storageFaults();
  const server = loopbackServer(async (request, response) => {
    response.setHeader('date', now().toUTCString());
    response.setHeader('x-ms-version', '2024-11-04');
    try {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
      const [, _account, container = '', ...rest] = pathname.split('/');
      const body = request.method === 'PUT' ? await bodyOf(request) : Buffer.alloc(0);
      const blob = decodeURIComponent(rest.join('/'));
      const effect = faults.take(request.method ?? '', blob);
      if (effect?.kind === 'reset') return void request.socket.destroy();
      if (effect?.kind === 'refuse') return refuse(response, effect.status, effect.code);
      if (effect) spoil(response, effect.kind);
      if (blob === '') await serveContainer(open(container), request, response, searchParams, now);
      else await serveBlob(open(container), request, response, blob, body, searchParams);
    } catch (error) {
      refuse(response, 500, 'InternalError', String(error));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    faults,
    container: open,
    connectionString: `BlobEndpoint=http://127.0.0.1:${port}/simulation;SharedAccessSignature=sig=any`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function serveContainer(
  store: BlobStore,
  request: IncomingMessage,
  response: ServerResponse,
  query: URLSearchParams,
  now: () => Date,
): Promise<void> {
  if (request.method === 'PUT')
    return end(response, 201, { etag: '"c"', 'last-modified': now().toUTCString() });
  if (query.get('comp') !== 'list') {
    return end(response, 200, { etag: '"c"', 'last-modified': now().toUTCString() });
  }
  const prefix = query.get('prefix') ?? '';
  const limit = Number(query.get('maxresults') ?? 5000);
  const items: BlobItem[] = [];
  let nextMarker = '';
  for await (const item of store.list(prefix, { startAfter: query.get('marker') ?? '' })) {
    if (items.length === limit) {
      nextMarker = items.at(-1)?.name ?? '';
      break;
    }
    items.push(item);
  }
  end(response, 200, { 'content-type': 'application/xml' }, listing(items, nextMarker));
}

const listing = (items: BlobItem[], nextMarker: string) =>
  `<?xml version="1.0" encoding="utf-8"?><EnumerationResults><Blobs>${items
    .map(
      ({ name, sizeBytes, etag, lastModified }) =>
        `<Blob><Name>${xml(name)}</Name><Properties><Last-Modified>${new Date(lastModified).toUTCString()}</Last-Modified><Etag>${xml(etag.replaceAll('"', ''))}</Etag><Content-Length>${sizeBytes}</Content-Length><BlobType>BlockBlob</BlobType></Properties></Blob>`,
    )
    .join('')}</Blobs><NextMarker>${xml(nextMarker)}</NextMarker></EnumerationResults>`;

const xml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

async function serveBlob(
  store: BlobStore,
  request: IncomingMessage,
  response: ServerResponse,
  name: string,
  body: Buffer,
  query: URLSearchParams,
): Promise<void> {
  const ifMatch = request.headers['if-match'];
  const by = request.headers['x-ms-meta-writer'] as string | undefined;
  switch (request.method) {
    case 'PUT': {
      if (query.get('comp') === 'metadata') {
        if (!(await store.head(name))) return refuse(response, 404, 'BlobNotFound');
        return written(response, 200, await store.touch(name, ifMatch ?? ''), 'ConditionNotMet');
      }
      if (request.headers['if-none-match'] === '*') {
        return written(
          response,
          201,
          await store.put(name, body, { ifAbsent: true, by }),
          'BlobAlreadyExists',
        );
      }
      const condition = ifMatch === undefined ? undefined : { ifMatch, by };
      return written(response, 201, await store.put(name, body, condition), 'ConditionNotMet');
    }
    case 'DELETE': {
      const outcome = await store.delete(name, ifMatch === undefined ? undefined : { ifMatch });
      if (outcome === 'deleted') return end(response, 202);
      return outcome === 'missing'
        ? refuse(response, 404, 'BlobNotFound')
        : refuse(response, 412, 'ConditionNotMet');
    }
    default:
      return sendBlob(store, request, response, name);
  }
}

async function sendBlob(
  store: BlobStore,
  request: IncomingMessage,
  response: ServerResponse,
  name: string,
): Promise<void> {
  const blob = await store.get(name);
  if (!blob) return refuse(response, 404, 'BlobNotFound');
  const headers = {
    etag: blob.etag,
    'last-modified': new Date(blob.lastModified).toUTCString(),
    'x-ms-blob-type': 'BlockBlob',
  };
  const range = /^bytes=(\d+)-(\d*)$/.exec(
    String(request.headers['x-ms-range'] ?? request.headers.range ?? ''),
  );
  if (request.method === 'HEAD') {
    const by = (await store.head(name))?.writtenBy;
    const metadata: Record<string, string> = by === undefined ? {} : { 'x-ms-meta-writer': by };
    return end(response, 200, { ...headers, ...metadata, 'content-length': String(blob.sizeBytes) });
  }
  const start = Number(range?.[1] ?? 0);
  if (!range || (start === 0 && range[2] === '')) return end(response, 200, headers, blob.body);
  if (start >= blob.sizeBytes) return refuse(response, 416, 'InvalidRange');
  const piece = blob.body.subarray(start, range[2] ? Number(range[2]) + 1 : undefined);
  const contentRange = `bytes ${start}-${start + piece.length - 1}/${blob.sizeBytes}`;
  end(response, 206, { ...headers, 'content-range': contentRange }, piece);
}

/** What is asked for is done; what becomes of the answer is another matter. */
function spoil(response: ServerResponse, kind: 'lose-answer' | 'cut' | 'flip'): void {
  const end = response.end.bind(response) as (body: string | Buffer) => ServerResponse;
  response.end = ((body: string | Buffer) => {
    const bytes = Buffer.from(body);
    const { statusCode } = response;
    if (kind === 'lose-answer') response.socket?.destroy();
    else if (bytes.length === 0 || statusCode >= 300) return end(bytes);
    else if (kind === 'flip') {
      bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1);
      return end(bytes);
    } else response.write(bytes.subarray(0, bytes.length >> 1), () => response.socket?.destroy());
    return response;
  }) as ServerResponse['end'];
}

function written(response: ServerResponse, status: number, result: WriteResult, lost: string): void {
  if (!result.written) refuse(response, lost === 'BlobAlreadyExists' ? 409 : 412, lost);
  else
    end(response, status, {
      etag: result.etag,
      'last-modified': new Date(result.lastModified).toUTCString(),
    });
}

function refuse(response: ServerResponse, status: number, code: string, message = code): void {
  const body = `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${xml(message)}</Message></Error>`;
  end(response, status, { 'x-ms-error-code': code, 'content-type': 'application/xml' }, body);
}

function end(
  response: ServerResponse,
  status: number,
  headers: Record<string, string> = {},
  body: string | Buffer = '',
): void {
  response.writeHead(status, { 'content-length': String(Buffer.byteLength(body)), ...headers });
  response.end(body);
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}
