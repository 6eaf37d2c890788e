import { BackupPolicy } from '../../../../src/policies/policy';
import { DAY, HOUR } from '../scenario';
import type { SimulatedVm } from '../simulated-azure';

export { DAY, HOUR };
export const START = Date.parse('2027-05-01T00:00:00Z');

const daily = (retention: object, instantRestoreDays: number) =>
  BackupPolicy.parse({
    schedule: { frequency: 'daily', times: ['02:00'], timeZone: 'UTC' },
    retention,
    instantRestoreDays,
  });

export const POLICIES: Record<string, BackupPolicy> = {
  plain: daily({ daily: 4 }, 0),
  tracked: daily({ daily: 3, weekly: 2 }, 2),
  short: daily({ daily: 2 }, 1),
};

/** Running and stopped, Linux and Windows, with one disk and with two, under each policy. */
export const FLEET: (SimulatedVm & { name: string })[] = Array.from({ length: 8 }, (_, index) => ({
  name: `vm-${index}`,
  os: index % 3 === 0 ? 'Windows' : 'Linux',
  policy: Object.keys(POLICIES)[index % 3] ?? '',
  powerState: index % 4 === 3 ? 'deallocated' : 'running',
  dataDisk: index % 2 === 0,
}));
