import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Host, type HostOptions, startHost } from '../../../local/functions-host';
import { type BlobService, startBlobService } from '../../simulation/support/blob-service';
import { cloudSettings } from '../../simulation/support/cloud-settings';
import { appUnderTest, NEVER } from '../../simulation/support/simulated-app';
import {
  type SimulatedAzure,
  type SimulatedVm,
  startSimulatedAzure,
} from '../../simulation/support/simulated-azure';
import type { Answer } from './answer';
import type { ApiContract } from './api-contract';
import type { EmulatedAzure } from './emulated-azure';
import { watchAnswers } from './watch-answers';

const ALIVE = ['Pending', 'Running', 'ContinuedAsNew', 'Suspended'] as const;

interface JobRecord {
  state: string;
  phase?: string;
  [field: string]: unknown;
}

/** The compiled app with a small fleet, for asking its API. */
export interface RunningApp {
  host: Host;
  contract: ApiContract;
  azure: SimulatedAzure;
  blobs: BlobService;
  /** Rejects when the answer is not as the served OpenAPI document describes it. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  call<T = any>(method: string, route: string, body?: unknown, headers?: object): Promise<Answer<T>>;
  /** Waits until a job has ended, and answers its record. */
  jobEnds(job: string): Promise<JobRecord>;
  /** Waits until a job is seen as described. */
  jobShows(job: string, isSo: (job: JobRecord) => boolean): Promise<JobRecord>;
  until(isSo: () => Promise<boolean>): Promise<void>;
  /**
   * Cancels what runs or waits, and waits for its end: nothing of a test that failed is left to the next one.
   */
  calm(azure: EmulatedAzure): Promise<void>;
  /** Ends the host where it stands, and starts it again on the same state. */
  restart(): Promise<void>;
  /** The same, but everything that the host knew of orchestrations is gone. */
  loseTaskHub(): Promise<void>;
  /** Runs a timer function, and everything that it starts, to the end. */
  tick(timer: 'scheduler' | 'sweeper' | 'maintenance'): Promise<void>;
  stop(): Promise<void>;
}

/**
 * @param services the clock of the storage service and of Azure; the host's own is that of this machine
 */
export async function startRunningApp(
  vms: SimulatedVm[],
  settings: object = {},
  services: () => Date = () => new Date(),
): Promise<RunningApp> {
  const folder = mkdtempSync(path.join(tmpdir(), 'running-app-'));
  const blobs = await startBlobService(services);
  const azure = await startSimulatedAzure(path.join(folder, 'azure'), services);
  await azure.add(vms);
  const timerEnds = new Map<string, () => void>();
  const options: HostOptions = {
    appDir: appUnderTest(),
    stateDir: path.join(folder, 'host'),
    // The last word of each timer.
    log: (level, source) => {
      if (level === 'debug' || level === 'error') timerEnds.get(source)?.();
    },
    environment: {
      ...process.env,
      ...cloudSettings(blobs, azure),
      SchedulerInterval: NEVER,
      SweepSchedule: NEVER,
      MaintenanceSchedule: NEVER,
      ...settings,
    },
  };
  let host = await startHost(options);
  // biome-ignore lint/suspicious/noExplicitAny: see above
  async function call<T = any>(method: string, route: string, body?: unknown, headers: object = {}) {
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const answer = await fetch(`${host.url}/api/${route}`, { method, headers: { ...headers }, body: text });
    const content = await answer.text();
    const parsed = (content === '' ? undefined : JSON.parse(content)) as T;
    return { status: answer.status, headers: answer.headers, body: parsed };
  }
  const contract = await watchAnswers(`${host.url}/api`);
  async function until(isSo: () => Promise<boolean>): Promise<void> {
    while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 15));
  }
  const jobEnds = (job: string) => jobShows(job, ({ state }) => state !== 'Queued' && state !== 'Running');
  async function calm(azure: EmulatedAzure): Promise<void> {
    await azure.clearFaults();
    await azure.endOperations();
    for (const state of ['Queued', 'Running']) {
      const { body } = await call<{ jobs: { id: string }[] }>('GET', `jobs?state=${state}`);
      for (const { id } of body.jobs) {
        await call('POST', `jobs/${id}/cancel`);
        await jobEnds(id);
      }
    }
  }
  async function jobShows(job: string, isSo: (job: JobRecord) => boolean): Promise<JobRecord> {
    let body: JobRecord = { state: 'Queued' };
    await until(async () => {
      body = (await call('GET', `jobs/${job}`)).body;
      return isSo(body);
    });
    return body;
  }
  async function restart(): Promise<void> {
    await host.close();
    host = await startHost(options);
    await watchAnswers(`${host.url}/api`);
  }
  async function tick(timer: string): Promise<void> {
    const ended = new Promise<void>((resolve) => timerEnds.set(timer, resolve));
    await fetch(`${host.url}/admin/functions/${timer}`, { method: 'POST', body: '{"input":""}' });
    await ended;
    await until(async () => host.client.list({ statuses: [...ALIVE] }, 1).length === 0);
  }
  return {
    get host() {
      return host;
    },
    contract,
    azure,
    blobs,
    call,
    jobEnds,
    jobShows,
    until,
    calm,
    restart,
    async loseTaskHub() {
      await host.close();
      rmSync(path.join(folder, 'host'), { recursive: true });
      await restart();
    },
    tick,
    async stop() {
      await host.close();
      await azure.close();
      await blobs.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
