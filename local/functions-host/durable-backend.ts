import type { AppFolder } from './app/app-folder';
import type { Log } from './basics/log';
import type { Api } from './front-door/front-door';
import type { Registry } from './functions/registry';
import type { AppPool } from './worker/app-pool';
import type { TypedData } from './worker/protocol';

/** What a durable backend works with: the app, loaded, and the address of the host. */
export interface LoadedApp {
  app: AppFolder;
  /** What the app sees as its environment. */
  env: NodeJS.ProcessEnv;
  registry: Registry;
  pool: AppPool;
  /** `http://127.0.0.1:<port>` */
  url: string;
  log: Log;
}

/** What runs orchestrations and activities, and the HTTP API through which clients ask for them. */
export interface DurableBackend {
  /** The value of a durable client binding. */
  binding: TypedData;
  api: Api;
  /** Takes up what a former host has left; called once the front door is open. */
  start(): void;
  stop(): void | Promise<void>;
}

/** Resolves when clients may ask. @throws HostError when it cannot run. */
export type StartDurableBackend<Backend extends DurableBackend> = (loaded: LoadedApp) => Promise<Backend>;
