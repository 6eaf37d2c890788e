import type { BackupError } from '../failures/failure';
import { policiesInForce } from '../policies/policies';
import { type DueBackup, dueBackups } from './due';
import { enrolFleet, type FleetServices } from './fleet';
import { type MissedBackup, missedBackups } from './missed';
import type { ProtectedVm } from './protected-vm';

/** What one look at the fleet shows. */
export interface FleetPlan {
  /** Every VM on record, by key. */
  vms: Map<string, ProtectedVm>;
  /** Whose last turn is longest ago comes first. */
  due: DueBackup[];
  missed: MissedBackup[];
  /** Service time of the look. */
  now: string;
}

/**
 * Brings the records in line with Azure and says which backups are due and which were missed. The requests that it takes do not
 * grow with the fleet but with what has changed in it, and by one for every page of a listing. A record that cannot be read is told
 * to `onUnreadable` and left out.
 */
export async function planFleet(
  services: FleetServices,
  onUnreadable?: (error: BackupError) => void,
): Promise<FleetPlan> {
  const { vms, now } = await enrolFleet(services, onUnreadable);
  const policies = await policiesInForce(services.policies);
  return {
    vms,
    due: dueBackups([...vms.values()], policies, now),
    missed: missedBackups(vms.values(), policies, now),
    now,
  };
}
