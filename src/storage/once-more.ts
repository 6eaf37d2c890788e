import { BackupError } from '../failures/failure';

/** What a read may be refused for because of how its bytes came, and not because of what is stored. */
const MAY_BE_THE_WAY: ReadonlySet<string> = new Set([
  'VaultObjectDamaged',
  'VaultDocumentInvalid',
  'VaultVersionUnsupported',
  'DocumentUnreadable',
  'VaultReadIncomplete',
]);

/**
 * Does `read`, which checks what it reads; where the bytes do not match their name or their length, it is
 * done once more before anybody calls it damage: one flipped bit on the way must not have a sound object
 * written again, or a point called lost.
 */
export async function onceMore<T>(read: () => Promise<T>, again: () => Promise<T> = read): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof BackupError) || !MAY_BE_THE_WAY.has(error.failure.code)) throw error;
    return again();
  }
}
