import { type EmulatedAzure, emulatedAzure } from '../../client/emulated-azure';
import { type EmulatorClient, emulatorClient } from '../../client/emulator-client';
import { findRunningSystem } from './running-system';

/** The emulator of the system that runs: what Azure has no API for, and what it has one for. */
export interface Running {
  emulator: EmulatorClient;
  azure: EmulatedAzure;
}

/** Throws `StartRefused` when nothing runs on the state folder. */
export function runningOn(state: string): Running {
  const { emulator } = findRunningSystem(state);
  return { emulator: emulatorClient(emulator), azure: emulatedAzure(emulator) };
}
