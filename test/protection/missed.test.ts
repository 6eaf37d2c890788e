import { BackupPolicy } from '../../src/policies/policy';
import { missedBackups } from '../../src/protection/missed';
import { protectedVm } from './support/protection';

const policy = BackupPolicy.parse({ schedule: { frequency: 'daily', times: ['02:00'], timeZone: 'UTC' } });
const policies = new Map([['daily', { policy }]]);
const NOW = '2026-03-10T09:00:00Z';
const missedOf = (change: Parameters<typeof protectedVm>[1]) =>
  missedBackups([protectedVm('a', change)], policies, NOW).map(({ vm, dueAt }) => [vm.key, dueAt]);
const success = (at: string) => ({ lastSuccess: { at, pointId: 'p' } });

test('a VM without a good point since the due time before the last one is missed', () => {
  expect(missedOf(success('2026-03-08T02:10:00Z'))).toEqual([['a', '2026-03-09T02:00:00Z']]);
  expect(missedOf({})).toHaveLength(1);
});

test('one late backup is not missed yet', () => {
  expect(missedOf(success('2026-03-09T02:10:00Z'))).toEqual([]);
});

test('it is told once for each due time, and never of a VM that need not be backed up', () => {
  expect(missedOf({ missedTold: '2026-03-10T02:00:00Z' })).toEqual([]);
  expect(missedOf({ stopped: { at: NOW, data: 'retain' } })).toEqual([]);
  expect(missedOf({ orphanedSince: NOW })).toEqual([]);
  expect(missedOf({ enrolledAt: '2026-03-09T12:00:00Z' })).toEqual([]);
});

test('a VM whose policy is paused misses nothing', () => {
  const paused = new Map([['daily', { policy: { ...policy, paused: true } }]]);
  expect(missedBackups([protectedVm('a')], paused, NOW)).toEqual([]);
});
