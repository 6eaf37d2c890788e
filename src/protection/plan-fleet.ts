import { policiesInForce } from '../policies/policies';
import { type DueBackup, dueBackups } from './due';
import type { EnrolledFleet } from './fleet';
import { type MissedBackup, missedBackups } from './missed';
import type { ProtectionServices } from './protection-services';

/** What one look at the fleet asks for. */
export interface FleetPlan {
  /** Whose last turn is longest ago comes first. */
  due: DueBackup[];
  missed: MissedBackup[];
}

/** Says which backups of a fleet are due and which were missed. */
export async function planFleet(
  services: Pick<ProtectionServices, 'policies'>,
  { vms, now }: EnrolledFleet,
): Promise<FleetPlan> {
  const policies = await policiesInForce(services.policies);
  return {
    due: dueBackups([...vms.values()], policies, now),
    missed: missedBackups(vms.values(), policies, now),
  };
}
