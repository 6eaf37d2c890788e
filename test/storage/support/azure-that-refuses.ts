import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { BlobServiceClient, StorageRetryPolicyType } from '@azure/storage-blob';
import { azureBlobStore } from '../../../src/storage/azure-blob-store';
import { loopbackServer } from '../../support/loopback-server';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** Tries of the real SDK, which waits 4 seconds and more between them by default. */
export const TRIES = 2;

/** A service that answers every request as it is told to, and the store that asks it through the real SDK. */
export async function azureThatRefuses(patience = { answerMs: 60_000, idleMs: 60_000 }) {
  let answer: Answer = (_request, response) => response.destroy();
  const seen = { reads: 0, sdkReads: 0 };
  const sockets = new Set<Socket>();
  const server = loopbackServer((request, response) => {
    if (request.method === 'GET') seen.reads += 1;
    if (request.method === 'GET' && request.headers['user-agent']) seen.sdkReads += 1;
    request.resume();
    answer(request, response);
  }).listen(0, '127.0.0.1');
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const connectionString = `DefaultEndpointsProtocol=http;AccountName=secretaccount;AccountKey=a2V5;BlobEndpoint=http://127.0.0.1:${port}/secretaccount`;
  const service = BlobServiceClient.fromConnectionString(connectionString, {
    retryOptions: { maxTries: TRIES, retryDelayInMs: 1, retryPolicyType: StorageRetryPolicyType.FIXED },
  });
  return {
    seen,
    connectionString,
    store: azureBlobStore(service.getContainerClient('secretcontainer'), patience),
    answers(next: Answer) {
      answer = next;
      seen.reads = 0;
      seen.sdkReads = 0;
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** As Azure refuses: the code in a header and in the body, where a request has a body of its answer. */
export const refusal =
  (status: number, code: string, headers: Record<string, string> = {}): Answer =>
  (request, response) => {
    const body = `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>Azure says no.\nRequestId:7\nTime:2030-01-01T00:00:00Z</Message></Error>`;
    response.writeHead(status, { 'content-type': 'application/xml', 'x-ms-error-code': code, ...headers });
    response.end(request.method === 'HEAD' ? undefined : body);
  };

/** The head of an answer to a read of a blob of `length` bytes. */
export function beginBlob(request: IncomingMessage, response: ServerResponse, length: number): void {
  const ranged = request.headers['x-ms-range'] !== undefined;
  response.writeHead(ranged ? 206 : 200, {
    'content-length': length,
    ...(ranged ? { 'content-range': `bytes 0-${length - 1}/${length}` } : {}),
    etag: '"1"',
    'last-modified': new Date(0).toUTCString(),
    'x-ms-blob-type': 'BlockBlob',
  });
}
