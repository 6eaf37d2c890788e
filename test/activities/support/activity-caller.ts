import type { InvocationContext } from '@azure/functions';
import type { Activities, ActivityName } from '../../../src/activities/contract';
import type { Outcome } from '../../../src/failures/failure';
import type { Services } from '../../../src/services';

/**
 * Calls the app's activities as its orchestrators do, in this process and with services of the test's choice.
 */
type Handler = (call: object, log: InvocationContext) => Promise<Outcome<unknown>>;

const registered = new Map<string, Handler>();
let chosen: Partial<Services> = {};

/** Stands in for `durable-functions` while the activities' modules are loaded. */
export const durableFunctionsStandIn = {
  app: { activity: (name: string, { handler }: { handler: Handler }) => registered.set(name, handler) },
};

/** Stands in for the module of the services. */
export const servicesStandIn = { services: async () => chosen };

/** Every activity looks whether its vault is still the same; there is nothing else to this one. */
const UNCHANGED = { lookAgain: async () => undefined } as unknown as Services['vault'];

/** What the activities find from here on; they fail when they need more. */
export function provide(services: Partial<Services>): void {
  chosen = { vault: UNCHANGED, ...services };
}

const log = { warn: () => undefined, error: () => undefined } as unknown as InvocationContext;

export async function callActivity<N extends ActivityName>(
  jobId: string,
  name: N,
  input: Activities[N]['input'],
): Promise<Outcome<Activities[N]['output']>> {
  const handler = registered.get(name);
  if (!handler) throw new Error(`no activity ${name}`);
  const outcome = await handler({ jobId, input }, log);
  return outcome as Outcome<Activities[N]['output']>;
}
