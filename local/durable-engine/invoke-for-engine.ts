import type { LoadedApp } from '../functions-host/durable-backend';
import { activityMetadata } from '../functions-host/functions/activity-metadata';
import { invocationOf } from '../functions-host/functions/invocations';
import { FunctionError } from '../functions-host/worker/app-thread-handle';
import { type TypedData, wholeNumber } from '../functions-host/worker/protocol';

/** What the engine asks for: to run a function on the data of its trigger. */
export interface Question {
  function: string;
  /** Null for an activity without input. */
  payload: string | null;
  /** Of the orchestration that has called an activity. */
  instanceId: string | null;
}

/** What the engine is told: typed data with `bytes` in base64, or the failure. */
export interface Answered {
  status: 200 | 500;
  body: Record<string, unknown>;
}

/** Called around every activity, with its name; may end the process. */
export type WatchActivity = (point: 'begun' | 'done', name: string) => void;

/** Runs functions of the app as the Functions host has its worker run them. */
export function invokeForEngine(
  { registry, pool, log }: LoadedApp,
  client: () => TypedData,
  watch: WatchActivity = () => undefined,
) {
  return async ({ function: name, payload, instanceId }: Question): Promise<Answered> => {
    const fn = registry.byName(name);
    if (!fn) return failed(`The function ${name} is gone.`, '');
    const data: TypedData = payload === null ? {} : { string: payload };
    const isActivity = fn.kind === 'activity';
    try {
      if (isActivity) watch('begun', fn.name);
      const metadata = isActivity ? activityMetadata(instanceId ?? '', data) : {};
      const invocation = invocationOf(fn, data, client, metadata);
      const run = isActivity ? pool.invokeActivity : pool.invoke;
      const { returnValue } = await run(invocation);
      if (isActivity) watch('done', fn.name);
      return { status: 200, body: sent(returnValue ?? {}) };
    } catch (error) {
      // A thread that died is a failed invocation too, as a worker process that dies is on Azure.
      const { message, stack = '' } = error as Error;
      if (isActivity) log('error', fn.name, `failed: ${message}`);
      return failed(message, error instanceof FunctionError ? error.functionStack : stack);
    }
  };
}

const failed = (message: string, stack: string): Answered => ({ status: 500, body: { message, stack } });

function sent({ bytes, int, ...rest }: TypedData): Record<string, unknown> {
  if (bytes !== undefined) return { bytes: Buffer.from(bytes).toString('base64') };
  return int === undefined ? { ...rest } : { int: wholeNumber(int) };
}
