export { type Clock, type JumpingClock, jumpingClock, systemClock } from './basics/clock';
export { HostError } from './basics/errors';
export { type Host, type HostOptions, startHost } from './host';
export type { KillPoint, TestAids } from './hub/test-aids';
