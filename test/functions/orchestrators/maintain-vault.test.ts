import '../../../src/functions/orchestrators/maintain-vault';
import '../../../src/functions/orchestrators/verify-disk';
import '../../../src/functions/orchestrators/verify-point';
import type { JobProgress } from '../../../src/jobs/job';
import { drive } from '../support/orchestrator-driver';

jest.mock(
  'durable-functions',
  () => jest.requireActual('../support/orchestrator-driver').durableFunctionsStandIn,
);

const request = { jobId: 'job-1', pointId: 'web-1.20260301t020000z' };
const disk = (diskId: string) => ({ ...request, diskId, name: diskId, sizeBytes: 1024 });
const sound = { checkedChunks: 1, checkedBytes: 512, skippedChunks: 0, damagedBytes: 0, damage: [] };
const _damaged = {
  ...sound,
  damagedBytes: 512,
  damage: [{ offset: 0, length: 512, object: 'chunks/x', code: 'VaultObjectDamaged' }],
};
const scripts = (parts = 2) => ({
  prepareVerification: () => ({ disks: [disk('os'), disk('lun-0')] }),
  planDiskVerification: () => ({ parts, bytes: parts * 512 }),
  verifyDiskPart: (): object => sound,
});

test('maintenance collects garbage after every VM had its turn, then verifies a few points; a dry run verifies none', () => {
  const maintenance = {
    retainPoints: (_input: unknown, call: number) => ({
      expired: [`point-${call}`],
      skipped: [],
      nextAfterVm: call < 3 ? `vm-${call}` : undefined,
    }),
    collectGarbage: () => ({ purgedPoints: 1, freedBlobs: 2, freedBytes: 3, unreadable: [] }),
    listUnverified: () => ({ pointIds: [request.pointId] }),
    queueVerification: () => ({ jobId: 'job-2' }),
    ...scripts(),
  };
  const ended: Record<string, unknown>[] = [];
  const run = (dryRun: boolean) =>
    drive(
      'maintainVault',
      { jobId: 'job-1', dryRun },
      { ...maintenance, endJob: (input) => void ended.push(input) },
    );
  const { calls } = run(false);
  expect(calls.lastIndexOf('retainPoints')).toBeLessThan(calls.indexOf('collectGarbage'));
  expect(calls).toContain('verifyDiskPart');
  expect(ended.at(-1)?.shown).toMatchObject({ maintenance: { expiredPoints: 3, freedBytes: 3 } });
  expect(run(true).calls).not.toContain('listUnverified');
});

test('maintenance of any number of VMs starts anew before its history grows long, and forgets nothing', () => {
  const TURNS = 350;
  const ended: Record<string, unknown>[] = [];
  const { calls, mostStepsOfOneHistory } = drive(
    'maintainVault',
    { jobId: 'job-1', dryRun: false },
    {
      retainPoints: ({ afterVm }, call) => ({
        expired: [`point-${call} after ${afterVm ?? 'nobody'}`],
        skipped: [],
        nextAfterVm: call < TURNS ? `vm-${call}` : undefined,
      }),
      collectGarbage: () => ({ purgedPoints: 1, freedBlobs: 2, freedBytes: 3, unreadable: [] }),
      listUnverified: () => ({ pointIds: [] }),
      endJob: (input) => void ended.push(input),
    },
  );
  // Three events a step, and 1,000 are too many.
  expect(mostStepsOfOneHistory).toBeLessThan(250);
  expect(calls.filter((name) => name === 'beginJob')).toHaveLength(1);
  expect(calls.filter((name) => name === 'retainPoints')).toHaveLength(TURNS);
  const { maintenance, phases } = ended[0]!.shown as JobProgress;
  expect(maintenance).toMatchObject({ expiredPoints: TURNS, freedBytes: 3 });
  expect(maintenance?.expired[1]).toBe('point-2 after vm-1');
  expect(phases?.map(({ phase }) => phase)).toEqual(['retention', 'garbage-collection', 'verification']);
});
