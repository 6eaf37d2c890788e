import { ImageChangedError } from '../disks/base-images';

/** What went wrong below the emulator itself, in words for whoever asked. */
export interface Trouble {
  status: number;
  code: string;
  message: string;
}

/** Undefined for what is a fault of the emulator's own. */
export function troubleOf(error: unknown): Trouble | undefined {
  // These bytes do not come back, so no client should ask for them again and again.
  if (error instanceof ImageChangedError)
    return { status: 410, code: 'ImageChanged', message: error.message };
  if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOSPC') {
    const message = 'There is no room left on the disk that holds the state of the compute emulator.';
    return { status: 507, code: 'DiskFull', message };
  }
  return undefined;
}

/** Logs an error: what is known in a line, everything else with its stack. */
export function logTrouble(where: string, error: unknown): void {
  console.error(`${where}:`, troubleOf(error)?.message ?? error);
}
