import type { Compute } from '../arm/connection';
import { collectionName, OWN_TAG, type PointName, parsePointName } from '../arm/own-names';
import { allTags, isOwn } from '../arm/ownership';
import type { VmRef } from '../arm/resource-id';
import { during, findOrUndefined } from '../failures/arm-failure';
import { mayWrite, readPowerState } from '../vms/vm-state';
import { snapshotGroup } from './snapshot-group';

/** The restore point collection of a VM, and the points of this system in it. */
export interface OwnCollection {
  name: string;
  points: PointName[];
  /** Whether something in the VM may write now. */
  running: boolean;
}

/**
 * The collection of a VM for this installation; made when it is not there yet. Fails with the causes of step
 * `snapshot`.
 */
export async function openCollection(compute: Compute, ref: VmRef): Promise<OwnCollection> {
  const { virtualMachines, restorePointCollections } = compute.client(ref.subscriptionId);
  const { installation } = compute.settings;
  const vm = await during('snapshot', () =>
    virtualMachines.get(ref.resourceGroup, ref.name, { expand: 'instanceView' }),
  );
  const { id = '', vmId = '', location } = vm;
  const name = collectionName(ref.name, id, vmId, installation);
  const group = snapshotGroup(compute, ref);
  const known = await findOrUndefined('snapshot', () =>
    restorePointCollections.get(group, name, { expand: 'restorePoints' }),
  );
  // Without its tag the sweep would not see it, and tags get lost: some policies rewrite them.
  if (!isOwn(compute, known?.tags)) {
    const tags = allTags(compute, { [OWN_TAG]: installation }, known?.tags);
    const model = { location, tags, source: { id } };
    await during('snapshot', () => restorePointCollections.createOrUpdate(group, name, model));
  }
  const points = (known?.restorePoints ?? []).flatMap((point) => parsePointName(point.name ?? '') ?? []);
  return { name, points, running: mayWrite(readPowerState(vm.instanceView)) };
}
