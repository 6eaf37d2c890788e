import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { dirname, join } from 'node:path';
import { serveAdmin } from './admin/admin';
import { createArm } from './arm/arm';
import type { Cloud } from './cloud/cloud';
import { createHousekeeping } from './cloud/housekeeping';
import { SUBSCRIPTION_ID } from './cloud/ids';
import { createLocks } from './cloud/locks';
import type { Tables } from './cloud/model';
import { settingsSchema } from './cloud/settings';
import { serveBlob } from './data-plane/data-plane';
import { openLayerStore } from './disks/layer-store';
import { createFaults } from './faults/faults';
import { addFleet } from './fleet/add-fleet';
import { parseFleet } from './fleet/fleet';
import { createFront } from './front';
import { KNOWN_SCRIPTS } from './guests/run-script';
import { createCallCounts } from './limits/call-counts';
import { createBuckets } from './limits/token-bucket';
import { openDocumentStore } from './store/document-store';
import { lockFolder } from './store/folder-lock';

export interface EmulatorOptions {
  /** Folder of everything that survives a restart; made if missing. One emulator at a time. */
  stateDir: string;
  /** Path of a fleet file. */
  fleet?: string;
  /** 0, the default, takes a free port. */
  port?: number;
  clock?: () => Date;
}

export interface ComputeEmulator {
  /** For example `http://127.0.0.1:4000`: the ARM endpoint, the data plane and the admin routes. */
  url: string;
  subscriptionId: string;
  /** Stops listening and cuts what is under way; the state stays. */
  close(): Promise<void>;
}

/**
 * Starts an emulated Azure on the loopback interface.
 * @throws FleetError when the fleet file cannot be used
 * @throws FolderInUseError when another emulator runs on the state folder
 */
export async function startComputeEmulator(options: EmulatorOptions): Promise<ComputeEmulator> {
  const fleet =
    options.fleet === undefined
      ? undefined
      : parseFleet(readFileSync(options.fleet, 'utf8'), dirname(options.fleet));
  mkdirSync(options.stateDir, { recursive: true });
  const unlock = await lockFolder(options.stateDir);
  const store = openDocumentStore<Tables>(options.stateDir);
  const layers = openLayerStore(join(options.stateDir, 'layers'));
  const now = options.clock ?? (() => new Date());
  const cloud: Cloud = {
    store,
    layers,
    settings: settingsSchema.parse(store.get('settings', 'settings') ?? {}),
    faults: createFaults(),
    locks: createLocks(),
    housekeeping: createHousekeeping(store, layers),
    buckets: createBuckets(now),
    calls: createCallCounts(),
    now,
    baseUrl: '',
    signingKey: signingKey(options.stateDir),
    scripts: { ...KNOWN_SCRIPTS, ...fleet?.scripts },
  };
  const release = async (): Promise<void> => {
    await cloud.housekeeping.stop();
    cloud.layers.close();
    store.close();
    await unlock();
  };
  const front = createFront(cloud, createCloudServer(cloud));
  try {
    if (fleet !== undefined) addFleet(cloud, fleet);
    cloud.housekeeping.tidy();
    cloud.baseUrl = await front.listen(options.port ?? 0);
  } catch (error) {
    await release();
    throw error;
  }
  return {
    url: cloud.baseUrl,
    subscriptionId: SUBSCRIPTION_ID,
    async close() {
      await front.close();
      await release();
    },
  };
}

function createCloudServer(cloud: Cloud): Server {
  const arm = createArm();
  // Idle connections are left to their clients, who are on this machine: a limit of the server's own may end one at the very
  // moment at which its client sends the next request, however long it is.
  const options = { highWaterMark: 1024 * 1024, keepAliveTimeout: 0 };
  return createServer(options, async (request, response) => {
    const url = readUrl(request, cloud.baseUrl);
    if (url === undefined) response.writeHead(400).end('The request has no readable URL.');
    else if (comesFromWebPage(request, cloud.baseUrl))
      response.writeHead(403).end('Web pages may not call the emulator.');
    else if (url.pathname.startsWith('/md-')) await serveBlob(cloud, request, response, url);
    else if (url.pathname.startsWith('/emulator/')) {
      arm.operations.settle(cloud);
      await serveAdmin(cloud, request, response, url);
    } else await arm.serve(cloud, request, response, url);
  });
}

/** Undefined when the path cannot be read, or not be decoded. */
function readUrl(request: IncomingMessage, baseUrl: string): URL | undefined {
  const url = URL.parse(request.url ?? '/', baseUrl);
  try {
    if (url !== null) decodeURIComponent(url.pathname);
    return url ?? undefined;
  } catch {
    return undefined;
  }
}

/**
 * A browser adds `Origin` to what a page of another site sends; and a name that was made to
 * point at 127.0.0.1 shows in `Host`. Either way some web page is trying to use the emulator,
 * whose admin routes write files.
 */
function comesFromWebPage({ headers }: IncomingMessage, baseUrl: string): boolean {
  const isForeignOrigin = headers.origin !== undefined && headers.origin !== baseUrl;
  const isLoopback = /^(127\.0\.0\.1|localhost)(:\d+)?$/.test(headers.host ?? '');
  return isForeignOrigin || !isLoopback;
}

/** Made once per state folder, so that access that was granted survives a restart. */
function signingKey(stateDir: string): Buffer {
  const path = join(stateDir, 'signing-key');
  if (!existsSync(path)) writeFileSync(path, randomBytes(32), { mode: 0o600 });
  return readFileSync(path);
}
