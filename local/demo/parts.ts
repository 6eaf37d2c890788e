import type { ApiClient } from '../../client/api-client';
import type { EmulatorClient } from '../../client/emulator-client';
import type { SampleFleet, SamplePolicies } from '../fleet/sample-fleet';
import type { Screen } from './screen';

/** The policies of the demo, which the tags of its VMs name. */
export const POLICIES: SamplePolicies = { removing: 'daily', keeping: 'instant' };

/** How long the policy that keeps snapshots keeps them. */
export const INSTANT_RESTORE_DAYS = 2;

/** How long the demo waits for the jobs of a chapter. */
export interface Patience {
  /** By when the first of them must exist. */
  startWithinSeconds: number;
  endWithinSeconds: number;
}

/** On a system of which no part is killed. */
export const PATIENCE: Patience = { startWithinSeconds: 30, endWithinSeconds: 180 };

/** What every step of the demo works with. */
export interface DemoParts {
  api: ApiClient;
  emulator: EmulatorClient;
  fleet: SampleFleet;
  screen: Screen;
  patience: Patience;
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
}
