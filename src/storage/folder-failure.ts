import { BackupError, backupError } from '../failures/failure';
import { objectError } from './object-error';

/** The code that Node gives the error of a file; empty for anything else. */
export const codeOf = (error: unknown): string => {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return typeof code === 'string' ? code : '';
};

/** Whether a file is not there, or nothing of its kind can be. */
export const isAbsent = (error: unknown): boolean =>
  ['ENOENT', 'ENOTDIR', 'EISDIR', 'ENAMETOOLONG'].includes(codeOf(error));

/**
 * What a file system refused, as a failure of the catalogue; every other value as it is. A file that its
 * disk cannot give back costs that file; a folder that is gone is no empty vault.
 */
export function folderFailure(error: unknown, folder: string, name?: string): unknown {
  const code = codeOf(error);
  if (error instanceof BackupError || !/^E[A-Z0-9]+$/.test(code)) return error;
  const detail = `${name === undefined ? folder : `${name} in ${folder}`}: ${code}`;
  if (code === 'EIO' && name !== undefined) return objectError('VaultReadIncomplete', name, 'EIO');
  if (code === 'ENOSPC' || code === 'EDQUOT') return backupError('VaultFull', detail, { cause: error });
  if (code === 'ENOENT')
    return backupError('VaultContainerMissing', `there is no folder ${folder}`, { cause: error });
  return backupError('VaultFolderRefused', detail, { cause: error });
}
