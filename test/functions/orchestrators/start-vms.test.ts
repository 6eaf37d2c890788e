import '../../../src/functions/orchestrators/start-vms';
import { done, drive, failing } from '../support/orchestrator-driver';

jest.mock(
  'durable-functions',
  () => jest.requireActual('../support/orchestrator-driver').durableFunctionsStandIn,
);

const vms = ['a', 'b', 'c'].map((name) => ({
  vmKey: name,
  jobId: 'job',
  vmId: name,
  ref: { subscriptionId: 's', resourceGroup: 'g', name },
}));
const nextVmToStart = ({ after = '' }: { after?: string }) => ({
  vm: vms.find(({ vmKey }) => vmKey > after),
});

test('every VM that has to run is started, each in a history of its own', () => {
  const started: unknown[] = [];
  const { result, mostStepsOfOneHistory } = drive(
    'startVms',
    {},
    {
      nextVmToStart,
      startVm: ({ vmKey }) => {
        started.push(vmKey);
        return done({});
      },
    },
  );
  expect(result).toEqual({ started: 3 });
  expect(started).toEqual(['a', 'b', 'c']);
  expect(mostStepsOfOneHistory).toBe(2);
});

test('one that does not start is tried once, and keeps the others from nothing', () => {
  const { result, calls } = drive(
    'startVms',
    {},
    {
      nextVmToStart,
      startVm: ({ vmKey }) => (vmKey === 'b' ? failing('RestoreVmNoCapacity') : done({})),
    },
  );
  expect(result).toEqual({ started: 2 });
  expect(calls.filter((call) => call === 'startVm')).toHaveLength(3);
});

test('what cannot be read now waits for the next run', () => {
  const { result } = drive('startVms', {}, { nextVmToStart: () => failing('ComputeAccessDenied') });
  expect(result).toEqual({ started: 0 });
});
