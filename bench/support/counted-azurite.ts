import { closeSync, openSync, readSync } from 'node:fs';
import path from 'node:path';
import { BlobServiceClient } from '@azure/storage-blob';
import { azuriteProgram } from '../../local/azurite/azurite';
import { startPart } from '../../local/process/part';

/** The account that every Azurite has; public by design (Azurite's README). */
export const ACCOUNT = 'devstoreaccount1';
export const ACCOUNT_KEY =
  'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

/** Where Azurite must listen for restic, which knows the emulator's account only there. */
export const DEFAULT_PORT = 10_000;

/** Requests that a step made, by method. */
export type Requests = Record<string, number>;

/** The real Azurite in a process of its own, with an access log: everybody's requests are counted alike. */
export interface CountedAzurite {
  pid: number;
  url: string;
  blobEndpoint: string;
  connectionString: string;
  client: BlobServiceClient;
  /** The requests since the last call. */
  takeRequests(): Promise<Requests>;
  /** Bytes and blobs of a container, as stored. */
  sizeOf(container: string): Promise<{ bytes: number; blobs: number; sizes: number[] }>;
  stop(): Promise<void>;
}

/** Starts Azurite with its data in `folder`. Rejects when the port is taken. */
export async function startCountedAzurite(folder: string, port = 0): Promise<CountedAzurite> {
  const logFile = path.join(folder, 'access.log');
  const part = await startPart({
    name: 'Azurite',
    ...azuriteProgram(),
    args: [
      '--location',
      path.join(folder, 'data'),
      '--blobPort',
      String(port),
      '--skipApiVersionCheck',
      '--disableTelemetry',
    ],
    logFile,
  });
  const { url } = part.ready;
  const blobEndpoint = `${url}/${ACCOUNT}`;
  const connectionString = `DefaultEndpointsProtocol=http;AccountName=${ACCOUNT};AccountKey=${ACCOUNT_KEY};BlobEndpoint=${blobEndpoint}`;
  const client = BlobServiceClient.fromConnectionString(connectionString);
  const takeRequests = requestCounter(logFile, blobEndpoint);
  return {
    pid: part.pid,
    url,
    blobEndpoint,
    connectionString,
    client,
    takeRequests,
    async sizeOf(container) {
      const sizes: number[] = [];
      for await (const { properties } of client.getContainerClient(container).listBlobsFlat()) {
        sizes.push(properties.contentLength ?? 0);
      }
      return { bytes: sizes.reduce((sum, size) => sum + size, 0), blobs: sizes.length, sizes };
    },
    stop: part.stop,
  };
}

const LOG_LINE = /"([A-Z]+) \S+ HTTP\/1\.1" \d+/g;
const MARKER_TRIES = 1000;

/** Azurite writes a line when an answer has ended. A request of our own marks how far to read. */
function requestCounter(logFile: string, blobEndpoint: string): () => Promise<Requests> {
  let offset = 0;
  let markers = 0;
  return async () => {
    const marker = `bench-marker-${markers}`;
    markers += 1;
    await (await fetch(`${blobEndpoint}/${marker}`)).arrayBuffer();
    for (let tries = 0; tries < MARKER_TRIES; tries += 1) {
      const text = readFrom(logFile, offset);
      const at = text.indexOf(marker);
      if (at < 0) {
        await new Promise((resolve) => setTimeout(resolve, 5));
        continue;
      }
      offset += text.indexOf('\n', at) + 1;
      return countMethods(text.slice(0, text.lastIndexOf('\n', at) + 1));
    }
    throw new Error('Azurite does not write its access log.');
  };
}

function countMethods(log: string): Requests {
  const requests: Requests = {};
  for (const [, method = ''] of log.matchAll(LOG_LINE)) requests[method] = (requests[method] ?? 0) + 1;
  return requests;
}

function readFrom(file: string, offset: number): string {
  const descriptor = openSync(file, 'r');
  const pieces: Buffer[] = [];
  try {
    for (let at = offset; ; ) {
      const piece = Buffer.alloc(1024 * 1024);
      const read = readSync(descriptor, piece, 0, piece.length, at);
      if (read === 0) return Buffer.concat(pieces).toString('latin1');
      pieces.push(piece.subarray(0, read));
      at += read;
    }
  } finally {
    closeSync(descriptor);
  }
}

/** All requests of a step. */
export const totalOf = (requests: Requests): number =>
  Object.values(requests).reduce((sum, count) => sum + count, 0);
