import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Host, type HostOptions, startHost } from '../../../../local/functions-host';
import type { HistoryEvent, RuntimeStatus } from '../../../../local/functions-host/durable-task/history';

const FIXTURES = join(__dirname, '../fixtures');
const folders: string[] = [];
const hosts: Host[] = [];

afterAll(async () => {
  for (const host of hosts.splice(0)) await host.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** A folder that goes after the test file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'functions-host-test-'));
  folders.push(folder);
  return folder;
}

/** The folder of an app under `fixtures`. */
export function fixture(name: string): string {
  return join(FIXTURES, name);
}

/**
 * Starts a host in this process, with a fresh state folder unless one is given; closed after the test file.
 */
export async function runHost(app: string, options: Partial<HostOptions> = {}): Promise<Host> {
  const host = await startHost({
    appDir: fixture(app),
    stateDir: temporaryFolder(),
    log: () => {},
    ...options,
  });
  hosts.push(host);
  return host;
}

export interface Status {
  name: string;
  instanceId: string;
  runtimeStatus: RuntimeStatus;
  input: unknown;
  customStatus: unknown;
  output: unknown;
  createdTime: string;
  lastUpdatedTime: string;
  historyEvents?: Record<string, unknown>[];
}

let count = 0;

/** Starts an orchestration. @returns the id of the instance. */
export function begin(
  host: Host,
  orchestrator: string,
  input: unknown = {},
  instanceId = `i${++count}`,
): string {
  const started = host.client.start({ orchestrator, instanceId, input: JSON.stringify(input) });
  if (typeof started === 'string') throw new Error(`The start was refused: ${started}.`);
  return instanceId;
}

/** Waits until an instance has reached a state, by default the end. */
export async function until(
  host: Host,
  id: string,
  reached: (status: Status) => boolean = ({ runtimeStatus }) =>
    !['Pending', 'Running', 'Suspended'].includes(runtimeStatus),
): Promise<Status> {
  for (;;) {
    const status = await statusOf(host, id);
    if (status && reached(status)) return status;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Runs an orchestration to its end. */
export async function run(host: Host, orchestrator: string, input: unknown = {}): Promise<Status> {
  return until(host, begin(host, orchestrator, input));
}

/** Where a host is reached, in this process or in another. */
type Address = Pick<Host, 'url'>;

/** Undefined when there is no such instance. */
export async function statusOf(host: Address, id: string): Promise<Status | undefined> {
  const response = await api(host, 'GET', `instances/${id}`);
  const text = await response.text();
  return text === '' ? undefined : (JSON.parse(text) as Status);
}

/** Calls the durable HTTP API. */
export function api(host: Address, method: string, path: string, body?: unknown): Promise<Response> {
  const text = typeof body === 'string' || body === undefined ? body : JSON.stringify(body);
  return fetch(`${host.url}/runtime/webhooks/durabletask/${path}`, {
    method,
    body: text,
    headers: text === undefined ? {} : { 'content-type': 'application/json' },
  });
}

/** The numbers of the events of a history, in their order. */
export function typesOf(events: HistoryEvent[]): number[] {
  return events.map(({ EventType }) => EventType);
}
