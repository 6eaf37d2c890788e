import type { Guest, GuestFacts } from './guest';

export type PowerState = 'running' | 'starting' | 'stopping' | 'stopped' | 'deallocating' | 'deallocated';

/** A VM as far as what happens inside it depends on it. */
export interface GuestMachine {
  os: 'Linux' | 'Windows';
  powerState: PowerState;
  guest: Guest;
  facts: GuestFacts;
  /**
   * After VSS writers failed, Azure makes this many file-system-consistent points before it tries VSS again.
   */
  fileConsistentPointsLeft: number;
}
