import { BackupPolicy } from '../../../src/policies/policy';
import type { SimulatedVm } from './simulated-azure';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

/**
 * The clock goes forward in New York on 14 March 2027 and in Berlin and London on 28 March, and back in
 * Sydney on 4 April. A point of February stays for its month, until April.
 */
export const START = Date.parse('2027-02-27T00:00:00Z');

/** So many days and VMs are needed for everything to happen. */
export const WHOLE_SCENARIO = { days: 38, vms: 8 };

/** Nobody is there from Saturday to Monday noon. */
export const MISSED_WEEKEND = { from: START + 21 * DAY, to: START + 23 * DAY + 12 * HOUR };

const policy = (input: object) => BackupPolicy.parse(input);

export const POLICIES: Record<string, BackupPolicy> = {
  berlin: policy({
    schedule: { frequency: 'daily', times: ['02:30'], timeZone: 'Europe/Berlin' },
    retention: { daily: 7, weekly: 4, monthly: 2 },
  }),
  'new-york': policy({
    schedule: { frequency: 'daily', times: ['02:30', '14:00'], timeZone: 'America/New_York' },
    retention: { daily: 5, weekly: 2 },
    instantRestoreDays: 2,
  }),
  sydney: policy({
    schedule: {
      frequency: 'weekly',
      days: ['sunday', 'wednesday'],
      times: ['02:30'],
      timeZone: 'Australia/Sydney',
    },
    retention: { weekly: 3, yearly: 1 },
  }),
  office: policy({
    schedule: {
      frequency: 'hourly',
      every: 12,
      window: { start: '18:00', hours: 24 },
      timeZone: 'Europe/London',
    },
    retention: { daily: 3, monthly: 12 },
    instantRestoreDays: 1,
  }),
};
const NAMES = Object.keys(POLICIES);

/** What the policy `berlin` becomes on a day: another time, and fewer points. */
export const BERLIN_LATER = policy({
  schedule: { frequency: 'daily', times: ['05:00'], timeZone: 'Europe/Berlin' },
  retention: { daily: 4, weekly: 2, monthly: 2 },
});

export const vmOf = (index: number): SimulatedVm => ({
  name: `vm-${index}`,
  os: index % 3 === 0 ? 'Windows' : 'Linux',
  policy: NAMES[index % NAMES.length] as string,
  powerState: index % 5 === 4 ? 'deallocated' : 'running',
  dataDisk: index % 7 === 0,
});
