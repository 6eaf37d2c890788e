import { BackupError } from '../../failures/failure';

/**
 * Does `tracked`; when the service will not say what changed between two snapshots, does `compared` instead,
 * which is told why: the allocated blocks are read and compared, which is slower and never wrong.
 */
export async function whenTrackingFails<T>(
  tracked: () => Promise<T>,
  compared: (reason: string) => Promise<T>,
): Promise<T> {
  try {
    return await tracked();
  } catch (error) {
    if (!(error instanceof BackupError) || error.failure.code !== 'ChangedBlocksUnavailable') throw error;
    return compared(error.failure.message);
  }
}
