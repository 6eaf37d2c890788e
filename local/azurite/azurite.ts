// Azurite, Microsoft's emulator of Azure Storage, as a process beside ours. The vault lies there when
// everything runs on one machine.

import path from 'node:path';
import { type Part, type ReadyMessage, type StartWatch, startPart } from '../process/part';
import { projectRoot } from '../process/project-root';

/**
 * The account that every Azurite has; public by design, it opens nothing but emulators (Azurite's README).
 */
const ACCOUNT = 'devstoreaccount1';
const ACCOUNT_KEY =
  'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

export interface AzuriteOptions {
  /**
   * Folder for its data, made when missing. Without it everything stays in memory and ends with the process.
   */
  location?: string;
  /** Port of the blob service on the loopback; a free one when left out. */
  port?: number;
  /** Queues and tables too, on free ports: what a task hub needs. */
  allServices?: boolean;
  /** File that takes what Azurite prints; thrown away when left out. */
  logFile?: string;
}

export interface Azurite {
  /** For `BlobServiceClient.fromConnectionString`. */
  connectionString: string;
  /** Blob endpoint, with the account. */
  blobEndpoint: string;
  part: Part;
  /** Ends the process; with a `location` everything is saved before this settles. */
  stop(): Promise<void>;
}

/**
 * The program, and how Node runs it. What Azurite makes most is buffers of 64 KiB that are garbage at
 * once: with a small heap for the young they go before their sheer size calls for a collection of
 * everything, and without helper threads the two cores of a small machine are left to those who use it. A
 * blob costs a third less processor time to put so, and half to get; both measured with 2.6 MiB blobs
 * (`bench/system` measures Azurite alone).
 */
export const azuriteProgram = () => ({
  script: path.join(projectRoot(), 'local', 'azurite', 'runner.cjs'),
  execArgv: ['--single-threaded-gc', '--max-semi-space-size=1'],
});

/**
 * Starts the real Azurite blob service in a process of its own that cannot outlive this one.
 * Settles once it answers requests; rejects with the end of its log if it dies before that.
 */
export async function startAzurite(options: AzuriteOptions = {}, watch?: StartWatch): Promise<Azurite> {
  const part = await startPart(
    {
      name: 'Azurite',
      ...azuriteProgram(),
      args: azuriteArguments(options),
      logFile: options.logFile,
    },
    watch,
  );
  const blobEndpoint = `${part.ready.url}/${ACCOUNT}`;
  return { connectionString: connectionStringOf(part.ready), blobEndpoint, part, stop: part.stop };
}

/** The service version check is off because the SDK is usually a version ahead of the emulator. */
function azuriteArguments({ location, port, allServices }: AzuriteOptions): string[] {
  const storage = location ? ['--location', location] : ['--inMemoryPersistence'];
  const others = allServices ? ['--all-services', '--queuePort', '0', '--tablePort', '0'] : [];
  return [
    ...storage,
    ...others,
    '--blobPort',
    String(port ?? 0),
    '--skipApiVersionCheck',
    '--disableTelemetry',
    '--silent',
  ];
}

function connectionStringOf({ url, queueUrl, tableUrl }: ReadyMessage): string {
  const endpoints = { BlobEndpoint: url, QueueEndpoint: queueUrl, TableEndpoint: tableUrl };
  return [
    'DefaultEndpointsProtocol=http',
    `AccountName=${ACCOUNT}`,
    `AccountKey=${ACCOUNT_KEY}`,
    ...Object.entries(endpoints).flatMap(([name, at]) => (at ? [`${name}=${at}/${ACCOUNT}`] : [])),
  ].join(';');
}
