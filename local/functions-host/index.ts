// The functions host: runs any Durable Functions app on one machine with npm alone. This is what programs and
// tests import; `main.ts` is the command line. It knows nothing of the app that it runs.

export { type Clock, type JumpingClock, jumpingClock, systemClock } from './basics/clock';
export { HostError } from './basics/errors';
export { type Host, type HostOptions, startHost } from './host';
export type { KillPoint, TestAids } from './hub/test-aids';
