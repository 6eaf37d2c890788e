import '../../../src/functions/orchestrators/backup-lane';
import '../../../src/functions/orchestrators/backup-vm';
import { drive, failing } from '../support/orchestrator-driver';

jest.mock(
  'durable-functions',
  () => jest.requireActual('../support/orchestrator-driver').durableFunctionsStandIn,
);

const request = (n: number) => ({ jobId: `job-${n}`, vmKey: `vm-${n}` });

test('a lane backs up one VM after the other until nothing is due, and a failed backup does not stop it', () => {
  const { log } = drive(
    'backupLane',
    { lane: 2 },
    {
      claimNextBackup: (_input, call) => (call <= 3 ? { request: request(call) } : {}),
      beginJob: () => failing('JobUnknown'),
    },
  );
  expect(log.filter((line) => line === 'settle backupVm')).toHaveLength(3);
});

test('a lane with a thousand VMs starts a new history in time, and forgets none', () => {
  let claims = 0;
  const { log } = drive(
    'backupLane',
    { lane: 0 },
    {
      claimNextBackup: () => (++claims <= 1000 ? { request: request(claims) } : {}),
      beginJob: () => failing('JobUnknown'),
    },
  );
  expect(log.filter((line) => line === 'settle backupVm')).toHaveLength(1000);
});

test('every claim has a name of its own, so that a repeat can be told from the next one', () => {
  const names = new Set<unknown>();
  drive(
    'backupLane',
    { lane: 0 },
    {
      claimNextBackup: ({ scheduledBy }, call) => {
        names.add(scheduledBy);
        return call <= 10 ? { request: request(call) } : {};
      },
      beginJob: () => failing('JobUnknown'),
    },
  );
  expect(names.size).toBe(11);
});
