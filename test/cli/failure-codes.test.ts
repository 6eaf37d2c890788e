import { EXIT } from '../../cli/ending/exit-codes';
import { explainError } from '../../cli/ending/explain-error';
import { codeOfFailure, FAILURE_CODES } from '../../cli/ending/failure-codes';
import { CATALOGUE } from '../../src/failures/catalogue';
import { backupError } from '../../src/failures/failure';
import { objectError } from '../../src/storage/object-error';

it('an exit code is told for failures that there are', () => {
  expect(Object.keys(FAILURE_CODES).filter((code) => !Object.hasOwn(CATALOGUE, code))).toEqual([]);
});

it('each failure that a direct command can name ends with a code, what is not said is a failure', () => {
  for (const code of Object.keys(CATALOGUE)) {
    expect(Object.values(EXIT)).toContain(codeOfFailure({ code, message: '', remedy: '' }));
  }
  expect(codeOfFailure({ code: 'VaultVersionUnsupported', message: '', remedy: '' })).toBe(EXIT.failed);
});

it('what reading a vault failed with is told by code, what happened and what to do', () => {
  const { remedy } = CATALOGUE.ExportExists;
  expect(explainError(backupError('ExportExists', 'disk.img'))).toEqual({
    exitCode: EXIT.conflict,
    words: `ExportExists: disk.img\n${remedy}`,
  });
  expect(explainError(objectError('VaultObjectMissing', 'chunks/a', 'it is gone')).exitCode).toBe(
    EXIT.damaged,
  );
});
