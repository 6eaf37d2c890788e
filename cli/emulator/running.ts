import type { EmulatedAzure } from '../../client/emulated-azure';
import type { EmulatorClient } from '../../client/emulator-client';

/** The emulator of the system that runs: what Azure has no API for, and what it has one for. */
export interface Running {
  emulator: EmulatorClient;
  azure: EmulatedAzure;
}
