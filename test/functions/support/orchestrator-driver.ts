import type { OrchestrationContext } from 'durable-functions';
import type { ActivityName } from '../../../src/activities/contract';
import type { FailureCode } from '../../../src/failures/catalogue';
import { backupError } from '../../../src/failures/failure';

/**
 * Drives the app's orchestrators step by step against scripted activities, and notes the order in which
 * things were started and settled. Time passes by durable timers only. It knows no history: replay belongs to
 * the tests of the functions host.
 */
type Script = (input: Record<string, unknown>, call: number, at: string) => unknown;

interface Step {
  note: string;
  settle(): unknown;
}

const registered = new Map<string, (context: OrchestrationContext) => Generator>();

/** Stands in for `durable-functions` while the orchestrators' modules are loaded. */
export const durableFunctionsStandIn = {
  app: {
    orchestration: (name: string, handler: (context: OrchestrationContext) => Generator) => {
      registered.set(name, handler);
    },
  },
};

export interface DrivenRun {
  result: unknown;
  /** `start removeSnapshot`, `settle transferDisk`, … in order. */
  log: string[];
  statuses: unknown[];
  /** The names of all activities called, in order. */
  calls: ActivityName[];
  /** The largest input or output of each activity and orchestration, in bytes of JSON. */
  messageBytes: Record<string, number>;
  /** Steps that were yielded between two starts of one orchestration, at most. */
  mostStepsOfOneHistory: number;
}

/** Runs an orchestrator to its end. Activities without a script succeed, with an empty object. */
export function drive(
  name: string,
  input: unknown,
  scripts: Partial<Record<ActivityName, Script>>,
): DrivenRun {
  const log: string[] = [];
  const statuses: unknown[] = [];
  const calls: ActivityName[] = [];
  const counts = new Map<string, number>();
  const messageBytes: Record<string, number> = {};
  let mostStepsOfOneHistory = 0;
  let now = Date.parse('2026-03-01T02:00:00Z');

  function measure(what: string, message: unknown): void {
    const bytes = Buffer.byteLength(JSON.stringify(message) ?? '');
    messageBytes[what] = Math.max(messageBytes[what] ?? 0, bytes);
  }

  function runActivity(activity: ActivityName, activityInput: Record<string, unknown>, at: string): unknown {
    const call = (counts.get(activity) ?? 0) + 1;
    counts.set(activity, call);
    calls.push(activity);
    measure(activity, activityInput);
    const value = scripts[activity]?.(activityInput, call, at) ?? unscripted(activity);
    if (value instanceof Error) throw value;
    const outcome = isOutcome(value) ? value : { ok: true, value };
    measure(activity, outcome);
    return structuredClone(outcome);
  }

  function runOrchestration(orchestration: string, orchestrationInput: unknown): unknown {
    let nextInput = orchestrationInput;
    for (;;) {
      measure(orchestration, nextInput);
      let continued: { input: unknown } | undefined;
      const context = {
        df: {
          instanceId: `${orchestration}-instance`,
          isReplaying: false,
          get currentUtcDateTime() {
            return new Date(now);
          },
          getInput: () => structuredClone(nextInput),
          setCustomStatus: (status: unknown) => {
            measure('custom status', status);
            statuses.push(structuredClone(status));
          },
          continueAsNew: (carried: unknown) => {
            continued = { input: structuredClone(carried) };
          },
          callActivity: (activity: ActivityName, call: { input: Record<string, unknown> }): Step => ({
            note: activity,
            settle: () => runActivity(activity, structuredClone(call.input), new Date(now).toISOString()),
          }),
          callSubOrchestrator: (child: string, childInput: unknown): Step => ({
            note: child,
            settle: () => runOrchestration(child, structuredClone(childInput)),
          }),
          createTimer: (at: Date) => ({
            note: 'timer',
            settle: () => {
              now = Math.max(now, at.getTime());
            },
            cancel: () => undefined,
          }),
          waitForExternalEvent: (event: string): Step => ({
            note: `event ${event}`,
            settle: () => undefined,
          }),
          Task: {
            any: ([first]: [Step]): Step => ({
              note: 'any',
              settle: () => {
                settle(first);
                return first;
              },
            }),
            all: (steps: Step[]): Step => {
              if (steps.length === 0)
                throw new Error('When constructing a CompoundTask, you must specify at least one Task.');
              return { note: 'all', settle: () => steps.map(settle) };
            },
          },
        },
        warn: () => undefined,
      } as unknown as OrchestrationContext;
      const handler = registered.get(orchestration);
      if (!handler) throw new Error(`no orchestrator ${orchestration}`);
      const result = runGenerator(handler(context));
      measure(orchestration, result);
      if (!continued) return result;
      nextInput = continued.input;
    }
  }

  function settle(step: Step): unknown {
    log.push(`start ${step.note}`);
    try {
      return step.settle();
    } finally {
      log.push(`settle ${step.note}`);
    }
  }

  function runGenerator(generator: Generator): unknown {
    let next = generator.next();
    let steps = 0;
    while (!next.done) {
      let answer: unknown;
      steps += 1;
      mostStepsOfOneHistory = Math.max(mostStepsOfOneHistory, steps);
      try {
        answer = settle(next.value as Step);
      } catch (error) {
        next = generator.throw(error);
        continue;
      }
      next = generator.next(answer);
    }
    return next.value;
  }

  const result = runOrchestration(name, input);
  return { result, log, statuses, calls, messageBytes, mostStepsOfOneHistory };
}

const unscripted = (activity: ActivityName) => (activity === 'completeRestore' ? done({}) : {});

const isOutcome = (value: unknown): boolean => typeof value === 'object' && value !== null && 'ok' in value;

/** The outcome of an activity that failed for a catalogued cause. */
export const failing = (code: FailureCode, detail = 'as scripted') => ({
  ok: false,
  failure: backupError(code, detail).failure,
});

/** A finished long-running operation. */
export const done = (result: unknown) => ({ done: true, result });
