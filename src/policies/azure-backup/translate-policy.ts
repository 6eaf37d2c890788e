import type { z } from 'zod';
import { NewBackupPolicy } from '../new-policy';
import { type BackupPolicy, PolicyName } from '../policy';
import { leftOut } from './left-out';
import type { AzurePolicy, AzurePolicyDocument } from './policy-document';
import { translateRetention } from './translate-retention';
import { translateSchedule } from './translate-schedule';
import type { FieldNote, Notes } from './translation';

export interface TranslatedPolicy {
  /** A name for it, made of the one that it has. */
  name?: string;
  policy: BackupPolicy;
  notCarriedOver: FieldNote[];
  assumed: FieldNote[];
}

/** A policy of Azure Backup as one of this system, or what is wrong with it. */
export function translatePolicy(document: AzurePolicyDocument): TranslatedPolicy | { faults: FieldNote[] } {
  const { properties } = document;
  const notes: Notes = { faults: [], notCarriedOver: leftOut(document), assumed: [] };
  if (!/^AzureIaasVM$/i.test(properties.backupManagementType)) {
    const reason = `not a policy for VMs, but for ${properties.backupManagementType}`;
    return { faults: [{ field: 'properties.backupManagementType', reason }] };
  }
  const instantRestoreDays = translateInstantRestore(properties, notes);
  const schedule = translateSchedule(properties, notes);
  const rules = translateRetention(properties, instantRestoreDays, notes);
  if (notes.faults.length > 0) return { faults: notes.faults };
  const onlyCrash = /^OnlyCrashConsistent$/i.test(properties.snapshotConsistencyType ?? '');
  const parsed = NewBackupPolicy.safeParse({
    schedule,
    retention: { rules },
    instantRestoreDays,
    consistency: onlyCrash ? { ask: 'crash' } : {},
  });
  if (!parsed.success) return { faults: parsed.error.issues.map(asFault) };
  const { notCarriedOver, assumed } = notes;
  return { name: nameFrom(document.name), policy: parsed.data, notCarriedOver, assumed };
}

/**
 * What Azure takes where a policy does not say it: 2 days, 5 with a weekly schedule, 7 in an enhanced policy
 * ("Get improved backup and restore performance with Azure Backup Instant Restore capability", "Back up an
 * Azure VM using Enhanced policy").
 */
function translateInstantRestore(properties: AzurePolicy, { assumed }: Notes): number {
  const { instantRpRetentionRangeInDays: said, policyType, schedulePolicy } = properties;
  if (said) return said;
  const isEnhanced = /^V2$/i.test(policyType ?? '') || /V2$/i.test(schedulePolicy.schedulePolicyType);
  const days = isEnhanced ? 7 : schedulePolicy.scheduleRunFrequency === 'weekly' ? 5 : 2;
  assumed.push({ field: 'properties.instantRpRetentionRangeInDays', reason: `${days} days, as Azure does` });
  return days;
}

function nameFrom(name: string | null | undefined): string | undefined {
  const plain = (name ?? '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replace(/^-+|-+$/g, '');
  const parsed = PolicyName.safeParse(plain);
  return parsed.success ? parsed.data : undefined;
}

const asFault = ({ path, message }: z.core.$ZodIssue): FieldNote => ({
  field: 'properties',
  reason: `makes a policy that is not valid: ${path.join('.')}: ${message}`,
});
