import type { AzurePolicyDocument } from './policy-document';
import type { FieldNote } from './translation';

/** Fields that say nothing of how VMs are backed up. */
const IDLE = ['id', 'name', 'type', 'location', 'eTag', 'etag', 'resourceGroup', 'apiVersion'];
const IDLE_PROPERTIES = ['protectedItemsCount', 'resourceGuardOperationRequests'];

const UNDERSTOOD = [
  'backupManagementType',
  'policyType',
  'timeZone',
  'instantRpRetentionRangeInDays',
  'schedulePolicy',
  'retentionPolicy',
];

const REASONS: Readonly<Record<string, string>> = {
  tags: 'policies of this system have no tags',
  'properties.instantRPDetails':
    'snapshots are restore points in the group of their VM, not in a resource group of a chosen name',
  'properties.tieringPolicy': 'there is no archive tier: points stay where they are until they are let go',
  'properties.snapshotConsistencyType': 'it is none of the consistencies that Azure documents',
};

/** What a document says that this system does not have, or does not know. */
export function leftOut({ properties, ...document }: AzurePolicyDocument): FieldNote[] {
  const said = [
    ...Object.entries(document).filter(([key]) => !IDLE.includes(key)),
    ...Object.entries(properties)
      .filter(([key]) => ![...IDLE_PROPERTIES, ...UNDERSTOOD].includes(key))
      .map(([key, value]): [string, unknown] => [`properties.${key}`, value]),
    ...unknownIn('properties.schedulePolicy', properties.schedulePolicy, SCHEDULE),
    ...unknownIn('properties.retentionPolicy', properties.retentionPolicy, RETENTION),
  ];
  return said
    .filter(([field, value]) => saysSomething(field, value))
    .map(([field]) => ({ field, reason: REASONS[field] ?? 'it is not known' }));
}

const SCHEDULE = [
  'schedulePolicyType',
  'scheduleRunFrequency',
  'scheduleRunTimes',
  'scheduleRunDays',
  'scheduleWeeklyFrequency',
  'dailySchedule',
  'weeklySchedule',
  'hourlySchedule',
];
const RETENTION = [
  'retentionPolicyType',
  'dailySchedule',
  'weeklySchedule',
  'monthlySchedule',
  'yearlySchedule',
  'retentionDuration',
];

const unknownIn = (at: string, object: object, known: string[]): [string, unknown][] =>
  Object.entries(object)
    .filter(([key]) => !known.includes(key))
    .map(([key, value]) => [`${at}.${key}`, value]);

/** Null, an empty object, and what says that nothing is wanted say nothing. */
function saysSomething(field: string, value: unknown): boolean {
  if (value === null || value === undefined) return false;
  if (field === 'properties.snapshotConsistencyType') return !/^(OnlyCrashConsistent)?$/i.test(String(value));
  if (typeof value !== 'object') return true;
  if (field === 'properties.tieringPolicy') return !Object.values(value).every(isUntiered);
  return Object.values(value).some((part) => part !== null && part !== '');
}

const isUntiered = (tier: unknown): boolean =>
  typeof tier === 'object' &&
  tier !== null &&
  /^(DoNotTier|Invalid)$/i.test(String(Object(tier).tieringMode ?? 'DoNotTier'));
