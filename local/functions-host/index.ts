export { type Clock, type JumpingClock, jumpingClock, systemClock } from './clock';
export { HostError } from './errors';
export { type Host, type HostOptions, startHost } from './host';
export type { KillPoint, TestAids } from './hub/test-aids';
