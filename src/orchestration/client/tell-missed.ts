import { notify } from '../../notifications/notification';
import type { MissedBackup } from '../../protection/missed';
import type { Services } from '../../services';

/** Told at once however many VMs there are: after an outage the whole fleet is late. */
const MOST_AT_ONCE = 50;
/**
 * Beyond this nothing more is told at once: a slow receiver must not hold up the next look of the scheduler.
 */
const LONGEST_MS = 30_000;

/**
 * Tells of VMs that have no good point for longer than their policy says, once for each due time. Stops at a
 * receiver that does not take what it is told, and after half a minute; the next look of the scheduler goes
 * on with the rest.
 */
export async function tellMissed(
  { protectedVms, settings }: Pick<Services, 'protectedVms' | 'settings'>,
  missed: MissedBackup[],
  now: string,
  log: { warn(message: string): void },
): Promise<void> {
  const startedAt = performance.now();
  for (const { vm, dueAt, knownAt } of missed.slice(0, MOST_AT_ONCE)) {
    const { key, policy, lastSuccess } = vm;
    const taken = await notify(settings, log, {
      event: 'backupMissed',
      subject: key,
      occasion: `${key}-${knownAt}`,
      time: now,
      message: `No good recovery point since ${dueAt}, as the policy ${policy} wants; the last is of ${lastSuccess?.at ?? 'never'}.`,
      data: { vm: key, policy, dueAt, lastSuccess },
    });
    await protectedVms.update(key, (current) => current && { ...current, missedTold: knownAt });
    if (!taken || performance.now() - startedAt > LONGEST_MS) return;
  }
}
