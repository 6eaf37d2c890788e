import * as fc from 'fast-check';
import {
  type FailedTry,
  nextTry,
  reachedConsistency,
  satisfies,
} from '../../../src/compute/snapshots/consistency';
import { CATALOGUE, type FailureCode } from '../../../src/failures/catalogue';

const failed = (code: FailureCode, more: Partial<FailedTry> = {}): FailedTry => ({
  failure: { code, message: 'as Azure says' },
  mode: 'guest',
  triesOfMode: 1,
  running: true,
  fallbackAllowed: true,
  diskCount: 2,
  ...more,
});

describe('the consistency ladder', () => {
  it('tries a bad VSS writer once more, then takes a crash-consistent snapshot and says why', () => {
    const code = 'ExtensionFailedVssWriterInBadState';
    expect(nextTry(failed(code))).toEqual({ do: 'retry', afterSeconds: 60 });
    expect(nextTry(failed(code, { triesOfMode: 2 }))).toEqual({
      do: 'crash',
      reason: `${code}: as Azure says`,
    });
  });

  it('gives up where the policy forbids less, after the same tries', () => {
    const more = { fallbackAllowed: false };
    expect(nextTry(failed('ExtensionFailedVssWriterInBadState', more))).toEqual({
      do: 'retry',
      afterSeconds: 60,
    });
    expect(nextTry(failed('ExtensionFailedVssWriterInBadState', { ...more, triesOfMode: 2 }))).toEqual({
      do: 'give-up',
    });
  });

  it('goes round an agent that does not answer at once, without its help', () => {
    expect(nextTry(failed('UserErrorGuestAgentStatusUnavailable')).do).toBe('crash');
  });

  it('needs no permission to go round the guest of a VM that is off', () => {
    const off = { running: false, fallbackAllowed: false };
    expect(nextTry(failed('UserErrorGuestAgentStatusUnavailable', off)).do).toBe('crash');
  });

  it('waits its turn when another restore point of the VM is being made', () => {
    expect(nextTry(failed('SnapshotAlreadyRunning'))).toEqual({ do: 'retry', afterSeconds: 120 });
    expect(nextTry(failed('SnapshotAlreadyRunning', { triesOfMode: 10 }))).toEqual({ do: 'give-up' });
  });

  it('waits at least as long as Azure asks', () => {
    const { failure } = failed('VmChangedDuringSnapshot');
    const asked = { ...failed('VmChangedDuringSnapshot'), failure: { ...failure, retryAfterSeconds: 300 } };
    expect(nextTry(asked)).toEqual({ do: 'retry', afterSeconds: 300 });
  });

  it('takes disk snapshots where points are refused, but never of several disks of a running VM', () => {
    const crash = { mode: 'crash' as const, triesOfMode: 3 };
    expect(nextTry(failed('SnapshotServiceError', crash)).do).toBe('give-up');
    expect(nextTry(failed('SnapshotServiceError', { ...crash, diskCount: 1 })).do).toBe('disk-snapshots');
    expect(nextTry(failed('SnapshotServiceError', { ...crash, running: false })).do).toBe('disk-snapshots');
  });

  it('asks for a crash-consistent snapshot whatever the disks are, and takes a refusal as the answer', () => {
    expect(nextTry(failed('UserErrorFsFreezeFailed', { triesOfMode: 3 })).do).toBe('crash');
    expect(nextTry(failed('SnapshotRefused', { mode: 'crash', triesOfMode: 1 })).do).toBe('give-up');
  });

  it('ends for every cause in the catalogue, never with less than the policy allows', () => {
    const codes = fc.constantFrom(...(Object.keys(CATALOGUE) as FailureCode[]));
    void fc.assert(
      fc.property(
        codes,
        fc.boolean(),
        fc.boolean(),
        fc.integer({ min: 1, max: 4 }),
        (code, running, allowed, disks) => {
          let state: FailedTry = failed(code, { running, fallbackAllowed: allowed, diskCount: disks });
          for (let tries = 1; tries < 50; tries++) {
            const next = nextTry(state);
            if (next.do === 'give-up' || next.do === 'disk-snapshots') {
              if (next.do === 'disk-snapshots') expect(!running || (disks === 1 && allowed)).toBe(true);
              return;
            }
            if (next.do === 'crash') expect(allowed || !running).toBe(true);
            state =
              next.do === 'retry'
                ? { ...state, triesOfMode: state.triesOfMode + 1 }
                : { ...state, mode: 'crash', triesOfMode: 1 };
          }
          throw new Error('the ladder has no end');
        },
      ),
    );
  });
});

describe('the level of a snapshot', () => {
  const base = { asked: 'application', running: true, os: 'Windows' } as const;

  it.each([
    ['VSS brought the applications to rest', { reported: 'ApplicationConsistent' }, 'application', undefined],
    ['some VSS writers failed', { reported: 'FileSystemConsistent' }, 'file-system', /VSS writers/],
    [
      'Linux without scripts',
      { reported: 'FileSystemConsistent', os: 'Linux' as const },
      'file-system',
      /scripts/,
    ],
    ['the ladder went down', { reported: 'CrashConsistent', fallbackReason: 'why' }, 'crash', /^why$/],
    ['the platform itself went down', { reported: 'CrashConsistent' }, 'crash', /CrashConsistent/],
    ['the VM is off', { reported: 'CrashConsistent', running: false }, 'file-system', /not running/],
    ['the platform says nothing', { reported: undefined }, 'crash', /reported/],
  ])('when %s', (_, more, reached, reason) => {
    const level = reachedConsistency({ ...base, ...more });
    expect(level).toMatchObject({ asked: 'application', reached });
    if (reason) expect(level.reason).toMatch(reason);
    else expect(level.reason).toBeUndefined();
  });

  it('orders the levels', () => {
    expect(satisfies('application', 'file-system')).toBe(true);
    expect(satisfies('crash', 'file-system')).toBe(false);
    expect(satisfies('crash', 'crash')).toBe(true);
  });
});
