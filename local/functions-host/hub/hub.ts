// The task hub: runs orchestrations and activities, and does what clients ask of them.

import type { HostSettings } from '../app/host-json';
import type { Clock } from '../basics/clock';
import type { Log } from '../basics/log';
import type { Registry } from '../functions/registry';
import type { Store } from '../store/store';
import type { AppPool } from '../worker/app-pool';
import type { TypedData } from '../worker/protocol';
import { activityDispatcher } from './activities';
import { type DurableClient, durableClient } from './client';
import { orchestrationEngine } from './engine';
import type { SchemaVersion } from './payload';
import type { TestAids } from './test-aids';

export interface HubOptions {
  store: Store;
  registry: Registry;
  clock: Clock;
  log: Log;
  settings: HostSettings;
  pool: AppPool;
  /** The value of a durable client binding. */
  binding: TypedData;
  schemaVersion: SchemaVersion;
  aids: TestAids;
}

/** The durable extension: orchestrations, activities, and what a client can ask of them. */
export interface Hub {
  client: DurableClient;
  /** Takes up everything that a former host left behind. */
  start(): void;
  /** Stores nothing any more; what runs is left to the next host. */
  stop(): void;
}

export function createHub(options: HubOptions): Hub {
  const { store, registry, clock, log, settings, pool, aids } = options;
  const wake = (instanceId: string) => engine.wake(instanceId);
  const activities = activityDispatcher({
    store,
    registry,
    clock,
    log,
    maxConcurrent: settings.maxConcurrentActivities,
    run: pool.invokeActivity,
    client: () => options.binding,
    wake,
    aids,
  });
  const engine = orchestrationEngine({
    store,
    registry,
    clock,
    log,
    maxConcurrent: settings.maxConcurrentOrchestrators,
    schemaVersion: options.schemaVersion,
    storeInputsInHistory: settings.storeInputsInHistory,
    versions: settings.versions,
    run: pool.invoke,
    enqueue: activities.enqueue,
    aids,
  });
  return {
    client: durableClient(store, settings, clock, wake),
    start() {
      activities.start();
      engine.start();
    },
    stop() {
      engine.stop();
      activities.stop();
    },
  };
}
