import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CATALOGUE, type CatalogueEntry } from '../../src/failures/catalogue';
import { BackupError, backupError, toFailure } from '../../src/failures/failure';
import { failuresPage } from '../../tools/failures-page';

const entries: [string, CatalogueEntry][] = Object.entries(CATALOGUE);

describe('the catalogue of failures', () => {
  it.each(entries)('%s says which step, what it means and what to do', (_, { step, title, remedy }) => {
    expect(step).toMatch(/^[a-z]/);
    for (const sentence of [title, remedy]) expect(sentence).toMatch(/^[A-Z'].*\.$/s);
  });

  it('is what the documentation shows; otherwise run npm run docs:failures', () => {
    expect(readFileSync(join(__dirname, '../../docs/failures.md'), 'utf8')).toBe(failuresPage());
  });
});

describe('failures', () => {
  it('carry step, cause, remedy and retry from the catalogue and the occasion from the caller', () => {
    const error = backupError('BackupAlreadyRunning', 'web-1 has job 7 running.', { retryAfterSeconds: 5 });
    expect(error.failure).toEqual({
      step: 'start',
      code: 'BackupAlreadyRunning',
      message: 'web-1 has job 7 running.',
      retryAfterSeconds: 5,
      remedy: CATALOGUE.BackupAlreadyRunning.remedy,
      retryable: false,
    });
    expect(error.message).toBe('BackupAlreadyRunning: web-1 has job 7 running.');
  });

  it('survive JSON', () => {
    const { failure } = backupError('BackupAlreadyRunning', 'x');
    expect(JSON.parse(JSON.stringify(failure))).toEqual(failure);
  });

  it('are found in what was thrown, and what nobody knows is tried again', () => {
    const known = backupError('BackupAlreadyRunning', 'x');
    expect(toFailure(known)).toBe(known.failure);
    expect(known).toBeInstanceOf(BackupError);
    expect(toFailure(new Error('boom'))).toMatchObject({
      code: 'InternalError',
      message: 'boom',
      retryable: true,
    });
    expect(toFailure('text')).toMatchObject({ code: 'InternalError', message: 'text' });
  });
});
