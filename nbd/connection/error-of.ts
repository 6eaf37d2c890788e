import { BackupError } from '../../src/failures/failure';
import { ERROR } from '../protocol/constants';

/** What went wrong, as the protocol tells it: the words are for people. */
export function errorOf(error: unknown): { code: number; words: string } {
  if (!(error instanceof BackupError)) return { code: ERROR.io, words: 'something went wrong in the server' };
  const full = error.failure.code === 'OverlayFailed' && /\b(ENOSPC|EDQUOT)\b/.test(error.failure.message);
  return { code: full ? ERROR.noSpace : ERROR.io, words: error.message };
}
