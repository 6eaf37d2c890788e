import fc from 'fast-check';
import { BackupPolicy } from '../../src/policies/policy';
import { type DatedPolicy, dueBackups } from '../../src/protection/due';
import { protectedVm } from './support/protection';

const MINUTE = 60_000;
const START = Date.parse('2026-03-10T00:30:00Z');
const TURNS = 40;
const window = { start: '00:00', hours: 24 };
const SCHEDULES = {
  daily: { frequency: 'daily', times: ['02:00'] },
  late: { frequency: 'daily', times: ['21:30'] },
  hourly: { frequency: 'hourly', every: 1, window },
};
const policies = new Map<string, DatedPolicy>(
  Object.entries(SCHEDULES).map(([name, schedule]) => [
    name,
    { policy: BackupPolicy.parse({ schedule: { timeZone: 'UTC', ...schedule } }) },
  ]),
);

const Fleet = fc.uniqueArray(
  fc.record({ key: fc.stringMatching(/^[a-z]{1,4}$/), policy: fc.constantFrom(...policies.keys()) }),
  { selector: ({ key }) => key, minLength: 2, maxLength: 10 },
);

test('with less capacity than VMs all come in turn: nobody waits while another is served more than twice', () => {
  const runs = fc.property(Fleet, fc.integer({ min: 10, max: 600 }), (fleet, minutesPerBackup) => {
    const vms = new Map(fleet.map(({ key, policy }) => [key, protectedVm(key, { policy })]));
    /** For each VM that waits, how often each of the others was served meanwhile. */
    const waiting = new Map<string, Map<string, number>>();
    let most = 0;
    for (let turn = 0; turn < TURNS; turn++) {
      const now = new Date(START + turn * minutesPerBackup * MINUTE).toISOString();
      const [next, ...others] = dueBackups([...vms.values()], policies, now);
      if (!next) continue;
      const lastRun = { dueAt: next.dueAt, scheduledBy: 'lane-0', jobId: 'job' };
      vms.set(next.vm.key, { ...next.vm, lastRun });
      waiting.delete(next.vm.key);
      for (const { vm } of others) {
        const served = waiting.get(vm.key) ?? new Map<string, number>();
        const times = (served.get(next.vm.key) ?? 0) + 1;
        most = Math.max(most, times);
        waiting.set(vm.key, served.set(next.vm.key, times));
      }
    }
    expect(most).toBeLessThanOrEqual(2);
  });
  fc.assert(runs, { numRuns: 30 });
});
