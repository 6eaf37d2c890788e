import type { VersionSettings } from '../app/host-json';
import type { Log } from '../basics/log';
import type { OrchestratorState } from '../durable-task/actions';
import { completedTaskId, EventType, type HistoryEvent } from '../durable-task/history';
import { invocationOf } from '../functions/invocations';
import type { Registry } from '../functions/registry';
import { type Decision, interpret } from '../interpreter/interpreter';
import { failureText } from '../interpreter/schedule';
import type { StoredHistory } from '../store/histories';
import type { InstanceRow } from '../store/instances';
import type { StoredMessage } from '../store/messages';
import { FunctionError } from '../worker/app-thread-handle';
import type { Invocation, InvocationResponse } from '../worker/protocol';
import { orchestratorPayload, type SchemaVersion } from './payload';
import { thrownState } from './thrown-state';
import { versionRefused } from './versions';

export interface EpisodeRunner {
  registry: Registry;
  log: Log;
  schemaVersion: SchemaVersion;
  versions: VersionSettings;
  run(invocation: Invocation): Promise<InvocationResponse>;
}

/** The extension's limit of a custom status in UTF-16; it counts whole KB. */
const CUSTOM_STATUS_LIMIT_KB = 16;

/**
 * The messages of a batch that still matter: of this execution, and no second completion of the same task.
 */
export function withoutDuplicates(
  messages: StoredMessage[],
  executionId: string,
  history: StoredHistory,
): StoredMessage[] {
  const completed = new Set(history.events.map(completedTaskId).filter((id) => id !== undefined));
  return messages.filter((message) => {
    if (message.executionId !== null && message.executionId !== executionId) return false;
    const id = completedTaskId(message.event);
    if (id === undefined) return true;
    if (completed.has(id)) return false;
    completed.add(id);
    return true;
  });
}

/** The events with which an episode begins. Its time never goes back. */
export function receivedEvents(
  messages: StoredMessage[],
  history: StoredHistory,
  now: number,
): HistoryEvent[] {
  const lastStart = history.events.findLast(({ EventType: type }) => type === EventType.OrchestratorStarted);
  const time = Math.max(now, lastStart ? Date.parse(lastStart.Timestamp) : 0);
  return [
    { EventType: EventType.OrchestratorStarted, EventId: -1, Timestamp: new Date(time).toISOString() },
    ...messages.map(({ event }) => event),
  ];
}

/**
 * Replays the orchestrator and decides as the extension would.
 * @throws ThreadLost when the app's thread ended meanwhile; the episode is then to be run again.
 */
export async function replay(
  instance: InstanceRow,
  history: StoredHistory,
  received: HistoryEvent[],
  runner: EpisodeRunner,
): Promise<{ decision: Decision; customStatus: string | null }> {
  const { registry } = runner;
  const fn = registry.find('orchestrator', instance.name);
  if (!fn) {
    return failed(instance, noSuchOrchestrator(instance.name, registry));
  }
  const refused = versionRefused(instance.version, runner.versions);
  if (refused) return failed(instance, refused);
  const payload = orchestratorPayload(instance, history, received, runner.schemaVersion);
  const invocation = invocationOf(fn, { string: payload }, () => ({}));
  let state: OrchestratorState;
  try {
    const { returnValue } = await runner.run(invocation);
    if (returnValue?.json === undefined)
      return failed(instance, 'The function returned no orchestrator state.');
    state = JSON.parse(returnValue.json) as OrchestratorState;
  } catch (error) {
    if (!(error instanceof FunctionError)) throw error;
    state = thrownState(error.message);
  }
  const customStatus =
    state.customStatus === undefined ? carriedOver(instance, received) : JSON.stringify(state.customStatus);
  const kilobytes = Math.floor(((customStatus?.length ?? 0) * 2) / 1024);
  if (kilobytes > CUSTOM_STATUS_LIMIT_KB) return failed(instance, statusTooLarge(kilobytes));
  const decision = interpret([...history.events, ...received], state, {
    orchestrator: instance.name,
    executionId: instance.executionId,
    defaultVersion: runner.versions.byDefault,
    isActivity: (name) => registry.find('activity', name) !== undefined,
    isOrchestrator: (name) => registry.find('orchestrator', name) !== undefined,
  });
  return { decision, customStatus };
}

/**
 * The custom status of the execution before, which the first episode of an instance that has continued as new
 * still shows; none in any other episode.
 */
const carriedOver = ({ customStatus }: InstanceRow, received: HistoryEvent[]): string | null =>
  received.some(({ EventType: type }) => type === EventType.ExecutionStarted) ? customStatus : null;

const statusTooLarge = (kilobytes: number): string =>
  `The UTF-16 size of the JSON-serialized payload must not exceed ${CUSTOM_STATUS_LIMIT_KB} KB. ` +
  `The current payload size is ${kilobytes} KB.`;

function noSuchOrchestrator(name: string, { all }: Registry): string {
  const known = all.filter(({ kind }) => kind === 'orchestrator').map((fn) => `'${fn.name}'`);
  return (
    `The function '${name}' doesn't exist, is disabled, or is not an orchestrator function. Additional info: ` +
    `The following are the known orchestrator functions: ${known.join(', ')}.`
  );
}

function failed(instance: InstanceRow, why: string): { decision: Decision; customStatus: null } {
  const reason = failureText(instance.name, why);
  return { decision: { kind: 'failed', scheduled: [], reason, details: why }, customStatus: null };
}
