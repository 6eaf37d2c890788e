import type { InvocationContext } from '@azure/functions';
import { notify } from '../jobs/notification';
import type { MissedBackup } from '../protection/missed';
import type { Services } from '../services';

/** Told at once however many VMs there are: after an outage the whole fleet is late. */
const MOST_AT_ONCE = 50;

/** Tells of VMs that have no good point for longer than their policy says, once for each due time. */
export async function tellMissed(
  { protectedVms, settings }: Pick<Services, 'protectedVms' | 'settings'>,
  missed: MissedBackup[],
  now: string,
  log: InvocationContext,
): Promise<void> {
  for (const { vm, dueAt, knownAt } of missed.slice(0, MOST_AT_ONCE)) {
    const { key, policy, lastSuccess } = vm;
    await notify(settings, log, {
      event: 'backupMissed',
      subject: key,
      occasion: `${key}-${knownAt}`,
      time: now,
      message: `No good recovery point since ${dueAt}, as the policy ${policy} wants; the last is of ${lastSuccess?.at ?? 'never'}.`,
      data: { vm: key, policy, dueAt, lastSuccess },
    });
    await protectedVms.update(key, (current) => current && { ...current, missedTold: knownAt });
  }
}
