import { randomUUID } from 'node:crypto';
import { systemClock } from './basics/clock';
import type { DurableBackend, LoadedApp } from './durable-backend';
import { durableApi } from './durable-http/durable-api';
import { clientBinding, type DurableLinks } from './durable-http/links';
import type { Keys } from './http/auth';
import type { DurableClient } from './hub/client';
import { createHub } from './hub/hub';
import type { SchemaVersion } from './hub/payload';
import type { TestAids } from './hub/test-aids';
import { type ServeOptions, serveApp } from './serve-app';
import { openStore, type Store } from './store/store';

export interface HostOptions extends ServeOptions, TestAids {
  /** Where instances, histories, messages and timers are kept. */
  stateDir: string;
  /** Enforce keys; off by default, as in local development with the real host. */
  auth?: boolean;
  /** Which replay schema is offered to the SDK. */
  schemaVersion?: SchemaVersion;
}

/** A running host. */
export interface Host {
  /** `http://127.0.0.1:<port>` */
  url: string;
  /** The hub, for tests that look inside. */
  client: DurableClient;
  /** What opens the doors of a host that was started with `auth`. */
  keys: Keys;
  /** Stops everything that the host and the app have started. May be called again. */
  close(): Promise<void>;
}

/** The hub of this host as what serves an app sees it. */
interface HubBackend extends DurableBackend {
  client: DurableClient;
}

/**
 * Starts a host for one function app and resolves when it listens and all functions are ready. Several hosts
 * may run in one process, each with a state folder of its own.
 * @throws HostError when the app, its settings, the state folder or the port are not usable.
 */
export async function startHost(options: HostOptions): Promise<Host> {
  const store = openStore(options.stateDir);
  try {
    const keys = keysOf(store);
    const rpcToken = randomUUID();
    const { url, backend, close } = await serveApp(options, {
      store,
      keys: options.auth ? keys : undefined,
      rpcToken,
      timers: true,
      durableKinds: ['orchestrator', 'activity'],
      heedsAllOfDurable: false,
      startDurable: async (loaded) => hubBackend(loaded, options, store, keys, rpcToken),
    });
    let closed: Promise<void> | undefined;
    return { url, client: backend.client, keys, close: () => (closed ??= close().then(() => store.close())) };
  } catch (error) {
    store.close();
    throw error;
  }
}

function hubBackend(
  { app, registry, pool, url, log }: LoadedApp,
  options: HostOptions,
  store: Store,
  keys: Keys,
  rpcToken: string,
): HubBackend {
  const links: DurableLinks = {
    base: `${url}/runtime/webhooks/durabletask`,
    hubName: app.host.hubName,
    code: options.auth ? keys.durable() : '',
    rpcBase: `${url}/rpc/${rpcToken}/`,
  };
  const binding = { string: clientBinding(links) };
  const { client, start, stop } = createHub({
    store,
    registry,
    clock: options.clock ?? systemClock,
    log,
    settings: app.host,
    pool,
    binding,
    schemaVersion: options.schemaVersion ?? 3,
    aids: options,
  });
  return { client, binding, api: durableApi(client, links), start, stop };
}

function keysOf(store: Store): Keys {
  return {
    master: () => store.keys.get('host', 'master'),
    host: () => store.keys.get('host', 'default'),
    durable: () => store.keys.get('system', 'durabletask_extension'),
    functionKey: (name) => store.keys.get(`function:${name}`, 'default'),
  };
}
