// The cloud: the resources that exist, their ids, and what every handler works with. All that
// answers requests stands on it.

import type { LayerStore } from '../disks/layer-store';
import type { Faults } from '../faults/faults';
import type { KnownScripts } from '../guests/run-script';
import type { CallCounts } from '../limits/call-counts';
import type { Buckets } from '../limits/token-bucket';
import type { Housekeeping } from './housekeeping';
import type { Locks } from './locks';
import type { Store } from './model';
import type { Settings } from './settings';

/** Everything the emulated Azure consists of: handed to every handler. */
export interface Cloud {
  store: Store;
  layers: LayerStore;
  settings: Settings;
  faults: Faults;
  locks: Locks;
  housekeeping: Housekeeping;
  buckets: Buckets;
  calls: CallCounts;
  now: () => Date;
  /** Where the emulator listens, for example `http://127.0.0.1:4000`. */
  baseUrl: string;
  /** Signs shared access signatures, so that no signature lies in the state folder. */
  signingKey: Buffer;
  /** The Run Command scripts whose effect is known. */
  scripts: KnownScripts;
}
