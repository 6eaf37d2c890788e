import { usageOf } from '../support/process-usage';

/** What this process and the emulator have used so far. */
export function cpuSeconds(emulatorPid: number): { own: number; emulator: number } {
  const { user, system } = process.cpuUsage();
  return { own: (user + system) / 1e6, emulator: usageOf(emulatorPid)?.cpuSeconds ?? 0 };
}
