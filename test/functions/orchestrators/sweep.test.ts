import '../../../src/functions/orchestrators/sweep';
import { done, drive, failing } from '../support/orchestrator-driver';

jest.mock(
  'durable-functions',
  () => jest.requireActual('../support/orchestrator-driver').durableFunctionsStandIn,
);

/** An Azure in which runs left so much, of which the first ones cannot be removed. */
function leftovers(snapshots: number, locked: number) {
  let left = Array.from({ length: snapshots }, (_, index) => `/rp/${String(index).padStart(3, '0')}`);
  return {
    left: () => left,
    scripts: {
      findLeftovers: ({ skip = 0 }: Record<string, unknown>) => {
        const restorePointIds = left.slice(Number(skip), Number(skip) + 20);
        const more = Number(skip) + restorePointIds.length < left.length;
        return { restorePointIds, openDisks: [], ...(more ? { more } : {}) };
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

test('an operation that never ends is a fault of the program: its step has a limit of its own, and it is asked no more', () => {
  const { calls } = drive(
    'sweep',
    {},
    {
      findLeftovers: () => ({ restorePointIds: ['/rp'], openDisks: [] }),
      removeSnapshot: () => ({ done: false, token: 'on its way', retryAfterSeconds: 1 }),
    },
  );
  expect(calls.filter((name) => name === 'removeSnapshot')).toHaveLength(100);
});
