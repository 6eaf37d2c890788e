import { BackupPolicy } from '../../src/policies/policy';
import { type DatedPolicy, dueBackups } from '../../src/protection/due';
import type { ProtectedVm } from '../../src/protection/protected-vm';

const policy = BackupPolicy.parse({ schedule: { frequency: 'daily', times: ['02:00'], timeZone: 'UTC' } });
const policies = new Map<string, DatedPolicy>([['daily', { policy }]]);
const NOW = '2026-03-10T09:00:00Z';
const DUE = '2026-03-10T02:00:00Z';

const vm = (change: Partial<ProtectedVm> = {}): ProtectedVm => ({
  key: 'web-1-00000001',
  vmId: 'id',
  ref: { subscriptionId: 's', resourceGroup: 'g', name: 'web-1' },
  os: 'Linux',
  policy: 'daily',
  enrolledAt: '2026-03-01T00:00:00Z',
  ...change,
});
const ran = (dueAt: string, scheduledBy = 'fleet-1') => ({ dueAt, scheduledBy, jobId: 'job-1' });

test('a VM is due once its time has come', () => {
  expect(dueBackups([vm()], policies, NOW)).toEqual([
    expect.objectContaining({ dueAt: DUE, policyName: 'daily' }),
  ]);
});

test('a due time is served once', () => {
  expect(dueBackups([vm({ lastRun: ran(DUE) })], policies, NOW)).toEqual([]);
});

test('a missed week is caught up with one backup', () => {
  const due = dueBackups([vm({ lastRun: ran('2026-03-03T02:00:00Z') })], policies, NOW);
  expect(due.map(({ dueAt }) => dueAt)).toEqual([DUE]);
});

test('what was due before the VM was enrolled, or before its policy changed, stays undone', () => {
  expect(dueBackups([vm({ enrolledAt: '2026-03-10T03:00:00Z' })], policies, NOW)).toEqual([]);
  const changed = new Map([['daily', { policy, since: '2026-03-10T08:00:00Z' }]]);
  expect(dueBackups([vm()], changed, NOW)).toEqual([]);
});

test('a VM that is being backed up waits, and is due again afterwards', () => {
  const lastRun = ran('2026-03-09T02:00:00Z');
  const running = { jobId: 'job-1', since: '2026-03-09T02:00:00Z' };
  expect(dueBackups([vm({ lastRun, running })], policies, NOW)).toEqual([]);
  expect(dueBackups([vm({ lastRun })], policies, NOW)).toHaveLength(1);
});

test('a VM that is stopped, or gone from Azure, is never due', () => {
  expect(dueBackups([vm({ stopped: { at: NOW, data: 'retain' } })], policies, NOW)).toEqual([]);
  expect(dueBackups([vm({ orphanedSince: NOW })], policies, NOW)).toEqual([]);
});

test('the VM whose last turn is longest ago comes first, whatever its name', () => {
  const vms = [
    vm({ key: 'a', lastRun: ran('2026-03-09T02:00:00Z') }),
    vm({ key: 'b', lastRun: ran('2026-03-07T02:00:00Z') }),
    vm({ key: 'c', enrolledAt: '2026-03-08T12:00:00Z' }),
  ];
  expect(dueBackups(vms, policies, NOW).map((backup) => backup.vm.key)).toEqual(['b', 'c', 'a']);
});

test('of those that wait equally long, the earlier due time comes first', () => {
  const early = BackupPolicy.parse({ schedule: { frequency: 'daily', times: ['01:00'], timeZone: 'UTC' } });
  const both = new Map<string, DatedPolicy>([...policies, ['early', { policy: early }]]);
  const due = dueBackups([vm({ key: 'a' }), vm({ key: 'b', policy: 'early' }), vm({ key: 'c' })], both, NOW);
  expect(due.map((backup) => backup.vm.key)).toEqual(['b', 'a', 'c']);
});

test('a VM without a policy, or with one that nobody wrote, is never due', () => {
  expect(dueBackups([vm({ policy: undefined }), vm({ policy: 'gold' })], policies, NOW)).toEqual([]);
});

test('while its policy is paused no VM is due; what was due meanwhile is not made up for', () => {
  const paused = new Map<string, DatedPolicy>([['daily', { policy: { ...policy, paused: true } }]]);
  expect(dueBackups([vm()], paused, NOW)).toEqual([]);
  const resumed = new Map<string, DatedPolicy>([['daily', { policy, since: NOW }]]);
  expect(dueBackups([vm()], resumed, '2026-03-11T01:00:00Z')).toEqual([]);
  expect(dueBackups([vm()], resumed, '2026-03-11T02:00:00Z')).toHaveLength(1);
});
