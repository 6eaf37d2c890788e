import type { Compute } from '../arm/connection';
import { resourceKey, type VmRef } from '../arm/resource-id';

/** The resource group of the snapshots of a VM: that of the setting, by default its own. */
export const snapshotGroup = ({ settings }: Pick<Compute, 'settings'>, { resourceGroup }: VmRef): string =>
  settings.snapshotResourceGroup ?? resourceGroup;

/** Every group in which snapshots of a VM may be: the setting may have changed since some were made. */
export function snapshotGroups(compute: Pick<Compute, 'settings'>, ref: VmRef): string[] {
  const now = snapshotGroup(compute, ref);
  return resourceKey(now) === resourceKey(ref.resourceGroup) ? [now] : [now, ref.resourceGroup];
}
