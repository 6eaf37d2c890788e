import { type BackupError, backupError } from '../failures/failure';

/** The causes that are about one object of the vault. */
export type VaultObjectCode =
  | 'VaultObjectDamaged'
  | 'VaultObjectMissing'
  | 'VaultObjectTooLarge'
  | 'VaultDocumentInvalid'
  | 'VaultVersionUnsupported';

/** A refusal that names the object of the vault and what is wrong with it. */
export function vaultError(code: VaultObjectCode, objectName: string, detail: string): BackupError {
  return backupError(code, `${objectName}: ${detail}`);
}
