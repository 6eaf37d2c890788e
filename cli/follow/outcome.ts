import type { Job } from '../../client/api-types';
import { EXIT, type ExitCode } from '../ending/exit-codes';

/** Codes of the catalogue of failures that say that the vault itself is damaged. */
const DAMAGE = ['VaultObjectDamaged', 'VaultObjectMissing', 'VaultDocumentInvalid'];

/**
 * The exit code for a job that has ended.
 * @param strict whether warnings count
 */
export function outcomeOf({ state, error, warnings }: Job, strict: boolean): ExitCode {
  if (state === 'Cancelled') return EXIT.jobCancelled;
  if (state === 'Failed') return DAMAGE.includes(error?.code ?? '') ? EXIT.damaged : EXIT.jobFailed;
  return strict && warnings.length > 0 ? EXIT.warnings : EXIT.done;
}
