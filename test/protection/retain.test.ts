import { retainNextVms } from '../../src/protection/retain';
import { listPoints } from '../../src/vault/points';
import { addPoint, type Installation, dailyPolicy as policy } from './support/points';
import { installation, protectedVm } from './support/protection';

const idsOf = async ({ vault }: Installation, vmKey: string) =>
  (await listPoints(vault, vmKey)).map(({ pointId }) => pointId);

describe('retention', () => {
  test('goes by the policy in force, turn by turn over all VMs; a dry run takes nothing', async () => {
    const services = await installation('2026-03-10T09:00:00Z');
    await services.policies.create('daily', policy(0));
    for (let index = 10; index < 70; index++) {
      await services.protectedVms.create(`vm-${index}`, protectedVm(`vm-${index}`));
    }
    for (const day of [1, 2, 3]) await addPoint(services, 'vm-69', day);
    const expired: string[] = [];
    const walk = async (dryRun: boolean) => {
      let afterVm: string | undefined;
      let turns = 0;
      do {
        const turn = await retainNextVms(services, { dryRun, afterVm });
        expired.push(...turn.expired);
        afterVm = turn.nextAfterVm;
        turns += 1;
      } while (afterVm !== undefined);
      return turns;
    };
    expect(await walk(true)).toBe(3);
    expect(expired).toEqual(['vm-69.20260301t020000z']);
    expect(await idsOf(services, 'vm-69')).toHaveLength(3);
    await walk(false);
    expect(await idsOf(services, 'vm-69')).toEqual(['vm-69.20260302t020000z', 'vm-69.20260303t020000z']);
  });

  test('a VM whose protection was stopped, or whose policy is gone, keeps everything', async () => {
    const services = await installation('2026-03-10T09:00:00Z');
    await services.policies.create('daily', policy(0));
    const stopped = { at: '2026-03-05T00:00:00Z', data: 'retain' as const };
    await services.protectedVms.create('a', protectedVm('a', { stopped, policy: undefined }));
    await services.protectedVms.create('b', protectedVm('b', { policy: 'gone' }));
    for (const day of [1, 2, 3, 4]) {
      await addPoint(services, 'a', day);
      await addPoint(services, 'b', day);
    }
    const { expired, skipped } = await retainNextVms(services, { dryRun: false });
    expect(expired).toEqual([]);
    expect(skipped).toEqual([{ vm: 'b', reason: 'there is no policy gone' }]);
  });
});

test('a VM that is backed up on demand only goes by the preset; one whose record knows of no backup keeps everything', async () => {
  const services = await installation('2026-03-10T09:00:00Z');
  await services.policies.create('daily', policy(0));
  const lastSuccess = { at: '2026-03-02T02:00:00Z', pointId: 'a.20260302t020000z' };
  await services.protectedVms.create('a', protectedVm('a', { policy: undefined, lastSuccess }));
  await services.protectedVms.create('b', protectedVm('b', { policy: undefined }));
  for (let day = 1; day <= 31; day++) {
    await addPoint(services, 'a', day);
    await addPoint(services, 'b', day);
  }
  await retainNextVms(services, { dryRun: false });
  expect((await idsOf(services, 'a')).length).toBeLessThan(31);
  expect(await idsOf(services, 'b')).toHaveLength(31);
});
