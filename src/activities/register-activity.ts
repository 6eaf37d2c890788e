import type { InvocationContext } from '@azure/functions';
import * as df from 'durable-functions';
import { BackupError, type Outcome, toFailure } from '../failures/failure';
import { throwIfOverdue } from '../jobs/cancellation';
import { inSpan } from '../jobs/telemetry';
import { type Services, services } from '../services';
import {
  type Activities,
  type ActivityCall,
  type ActivityName,
  FINISHED_ONCE_BEGUN,
  STOPPABLE,
} from './contract';
import { lookAtVaultFor } from './look-at-vault';

type Handler<N extends ActivityName> = (
  input: Activities[N]['input'],
  services: Services,
  log: InvocationContext,
) => Promise<Activities[N]['output']>;

/**
 * Registers an activity under its name in the contract. Known failures come back as outcomes, because an
 * exception would reach the orchestrator as a line of text; unknown ones are logged with their stack and come
 * back as `InternalError`.
 */
export function registerActivity<N extends ActivityName>(name: N, handler: Handler<N>): void {
  df.app.activity(name, {
    handler: async (
      { jobId, input }: ActivityCall<N>,
      context: InvocationContext,
    ): Promise<Outcome<Activities[N]['output']>> =>
      inSpan(name, jobId, async () => {
        try {
          const connected = await services();
          await lookAtVaultFor(connected.vault, jobId);
          if (isStoppable(name, input)) await throwIfOverdue(connected.jobs, jobId);
          return { ok: true, value: await handler(input, connected, context) };
        } catch (error) {
          const failure = toFailure(error);
          if (error instanceof BackupError) context.warn(`${name}: ${error.message}`);
          else context.error(`${name}: ${error instanceof Error ? error.stack : String(error)}`);
          return { ok: false, failure };
        }
      }),
  });
}

const isStoppable = (name: ActivityName, input: { token?: string } | object): boolean =>
  STOPPABLE.has(name) && !(FINISHED_ONCE_BEGUN.has(name) && 'token' in input && input.token !== undefined);
