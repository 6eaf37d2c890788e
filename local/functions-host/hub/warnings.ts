import { EventType, type HistoryEvent } from '../durable-task/history';
import type { Decision } from '../interpreter/interpreter';

/** A wait shorter than this is not worth a warning. */
const LONG_WAIT_MS = 10_000;
/**
 * Above this, a queue message of the Azure Storage provider goes to a blob,
 * compressed: slow and easy to overlook.
 */
const LARGE_MESSAGE_BYTES = 45 * 1024;

/**
 * A warning about an orchestrator that has ended while a timer that nobody cancelled keeps its instance open,
 * or that waits for what will never come; undefined when there is nothing to warn of.
 */
export function waitingWarning(decision: Decision, events: HistoryEvent[], now: number): string | undefined {
  if (decision.kind !== 'waiting') return undefined;
  if (decision.isForgotten) return FORGOTTEN;
  if (!decision.onlyOpenTasksLeft) return undefined;
  const timer = [...events, ...decision.scheduled].find(
    (event) =>
      event.EventType === EventType.TimerCreated &&
      decision.openIds.includes(event.EventId) &&
      Date.parse(event.FireAt) - now > LONG_WAIT_MS,
  );
  if (timer?.EventType !== EventType.TimerCreated) return undefined;
  return (
    `The orchestrator has ended, but the instance stays open until timer #${timer.EventId} ` +
    `fires at ${timer.FireAt}. ` +
    'Cancel timers that are no longer needed.'
  );
}

const FORGOTTEN =
  'The orchestrator waits for what the Durable extension no longer has: an event was raised under its name in ' +
  'other letter case, or the orchestrator threw `undefined`. It stays Running unless another event comes.';

/** A warning about a value that is large for a message. @param what for example `The result`. */
export function largeMessageWarning(what: string, json: string | null): string | undefined {
  const bytes = (json?.length ?? 0) * 2;
  if (bytes <= LARGE_MESSAGE_BYTES) return undefined;
  return (
    `${what} has ${bytes} bytes; ` +
    `on Azure, above ${LARGE_MESSAGE_BYTES} every message takes a detour over a blob. ` +
    'Pass a reference instead.'
  );
}
