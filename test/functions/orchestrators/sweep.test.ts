import '../../../src/functions/orchestrators/sweep';
import { done, drive, failing } from '../support/orchestrator-driver';

jest.mock(
  'durable-functions',
  () => jest.requireActual('../support/orchestrator-driver').durableFunctionsStandIn,
);

const AT = '2026-03-01T02:00:00Z';

/** An Azure in which runs left so much, of which the first ones cannot be removed. */
function leftovers(snapshots: number, locked: number) {
  let left = Array.from({ length: snapshots }, (_, index) => `/rp/${String(index).padStart(3, '0')}`);
  return {
    left: () => left,
    scripts: {
      findLeftovers: ({ skip = 0 }: Record<string, unknown>) => {
        const restorePointIds = left.slice(Number(skip), Number(skip) + 20);
        const more = Number(skip) + restorePointIds.length < left.length;
        return { at: AT, restorePointIds, restored: [], refused: [], ...(more ? { more } : {}) };
      },
      removeSnapshot: ({ restorePointId }: Record<string, unknown>) => {
        if (left.indexOf(String(restorePointId)) < locked) return failing('ResourceLocked');
        left = left.filter((id) => id !== restorePointId);
        return done({ removed: true });
      },
    },
  };
}

test('everything that was left goes in one sweep, however much it is, in histories that stay short', () => {
  const azure = leftovers(250, 0);
  const { result, mostStepsOfOneHistory } = drive('sweep', {}, azure.scripts);
  expect(result).toEqual({ removed: 250, discarded: 0 });
  expect(azure.left()).toEqual([]);
  expect(mostStepsOfOneHistory).toBeLessThan(30);
});

test('a listing that goes on showing what is gone does not keep a sweep at work for ever', () => {
  const azure = leftovers(30, 0);
  const { result } = drive('sweep', {}, { ...azure.scripts, removeSnapshot: () => done({ removed: false }) });
  expect(result).toMatchObject({ discarded: 0 });
});

test('what cannot be removed is tried once in a sweep, and keeps nothing else from going', () => {
  const azure = leftovers(70, 25);
  const { result, calls } = drive('sweep', {}, azure.scripts);
  expect(result).toEqual({ removed: 45, discarded: 0 });
  expect(azure.left()).toHaveLength(25);
  expect(calls.filter((name) => name === 'removeSnapshot')).toHaveLength(70);
});

test('what stays is noted with its cause, turn by turn, and the last turn forgets what is settled', () => {
  const azure = leftovers(70, 25);
  const noted: { by: string; at: string; refused: { resourceId: string; code: string }[] }[] = [];
  const { calls } = drive(
    'sweep',
    {},
    { ...azure.scripts, noteRefusals: (input) => void noted.push(input as never) },
  );
  expect(noted.every(({ by, at }) => by === 'sweep' && at === AT)).toBe(true);
  const refused = noted.flatMap((turn) => turn.refused);
  expect(refused.map(({ resourceId }) => resourceId)).toEqual(azure.left());
  expect(new Set(refused.map(({ code }) => code))).toEqual(new Set(['ResourceLocked']));
  expect(calls.filter((name) => name === 'endSweep')).toHaveLength(1);
  expect(calls.at(-1)).toBe('endSweep');
});

test('a VM goes before its disks, and what is complete only loses its tag', () => {
  const settled: string[] = [];
  const [vm, disk, whole] = ['/virtualMachines/a', '/disks/a', '/disks/b'];
  const { result } = drive(
    'sweep',
    {},
    {
      findLeftovers: (_input, call) => ({
        at: AT,
        restorePointIds: [],
        refused: [],
        ...(call === 1
          ? {
              restored: [
                { resourceId: vm, jobId: 'dead' },
                { resourceId: whole, jobId: 'done', complete: true },
              ],
              more: true,
            }
          : { restored: [{ resourceId: disk, jobId: 'dead' }] }),
      }),
      discardHalfMade: ({ resourceId }) => {
        settled.push(`discard ${resourceId}`);
        return done({ discarded: true });
      },
      completeRestored: ({ resourceIds }) => {
        settled.push(`complete ${resourceIds}`);
        return done({ completed: true });
      },
    },
  );
  expect(settled).toEqual([`discard ${vm}`, `complete ${whole}`, `discard ${disk}`]);
  expect(result).toEqual({ removed: 0, discarded: 2 });
});

test('an operation that never ends is a fault of the program: its step has a limit of its own, and it is asked no more', () => {
  const { calls } = drive(
    'sweep',
    {},
    {
      findLeftovers: () => ({ at: AT, restorePointIds: ['/rp'], restored: [], refused: [] }),
      removeSnapshot: () => ({ done: false, token: 'on its way', retryAfterSeconds: 1 }),
    },
  );
  expect(calls.filter((name) => name === 'removeSnapshot')).toHaveLength(100);
});
