import type { ApiClient } from '../../client/api-client';
import type { EmulatorClient } from '../../client/emulator-client';
import type { SampleFleet, SamplePolicies } from '../fleet/sample-fleet';
import type { Screen } from './screen';

/** The policies of the demo, which the tags of its VMs name. */
export const POLICIES: SamplePolicies = { removing: 'daily', keeping: 'instant' };

/** How long the policy that keeps snapshots keeps them. */
export const INSTANT_RESTORE_DAYS = 2;

/** What every step of the demo works with. */
export interface DemoParts {
  api: ApiClient;
  emulator: EmulatorClient;
  fleet: SampleFleet;
  screen: Screen;
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
}
