import type { ServedDisk } from '../disk/served-disk';
import { TRANSMISSION } from '../protocol/constants';

/** A disk under the name that clients ask for. */
export interface Export {
  /** `POINT/DISK`. */
  name: string;
  /** For people. */
  description: string;
  disk: ServedDisk;
}

/** The exports of a server; the empty name means the only one, where there is one only. */
export const findExport = (exports: readonly Export[], name: string): Export | undefined =>
  name === '' && exports.length === 1 ? exports[0] : exports.find((one) => one.name === name);

/**
 * What a client may ask of a disk. One process answers all connections, so each sees what the others wrote.
 */
export function transmissionFlags({ writes }: ServedDisk, structured: boolean): number {
  const { hasFlags, readOnly, flush, fua, trim, writeZeroes, df, multiConn, cache } = TRANSMISSION;
  const changes = writes ? flush | fua | trim | writeZeroes : readOnly;
  return hasFlags | changes | multiConn | cache | (structured ? df : 0);
}
