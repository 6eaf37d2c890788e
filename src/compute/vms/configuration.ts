import type { Compute } from '../arm/connection';
import { getRaw } from '../arm/long-running';
import { parseResourceId } from '../arm/resource-id';
import type { VmInspection } from './inspect';
import { networkPath } from './network-interfaces';
import type { RawResource } from './raw-resource';

/**
 * Everything needed to create the VM again: its resource, its disks' and its network interfaces'. Opaque to
 * everybody but a restore. Holds no secrets: Azure answers none, and the settings of extensions are left out.
 */
export interface VmConfiguration {
  virtualMachine: RawResource;
  disks: RawResource[];
  networkInterfaces: RawResource[];
}

/**
 * The configuration of a VM that was inspected, with its network interfaces, which nobody else looks at. One
 * that cannot be read does not stop a backup: the point says so, and the restore makes a new one.
 */
export async function captureConfiguration(
  compute: Compute,
  { answers: { virtualMachine, disks } }: Pick<VmInspection, 'answers'>,
): Promise<VmConfiguration> {
  const { networkProfile } = propertiesOf(virtualMachine);
  const { networkInterfaces = [] } = (networkProfile ?? {}) as { networkInterfaces?: { id?: string }[] };
  const nics = await Promise.all(networkInterfaces.flatMap(({ id }) => (id ? [rawNic(compute, id)] : [])));
  return {
    virtualMachine: withoutExtensionSettings(virtualMachine),
    disks,
    networkInterfaces: nics.filter((nic) => nic !== undefined),
  };
}

const propertiesOf = (resource: RawResource): RawResource => (resource.properties ?? {}) as RawResource;

const rawNic = (compute: Compute, id: string): Promise<RawResource | undefined> =>
  getRaw(compute, parseResourceId(id).subscriptionId, networkPath(id), 'inspect').then(
    (nic) => nic as RawResource,
    () => undefined,
  );

/** Which extensions there are matters for a restore; what they were told may be confidential. */
function withoutExtensionSettings(vm: RawResource): RawResource {
  const resources = Array.isArray(vm.resources) ? (vm.resources as RawResource[]) : [];
  return {
    ...vm,
    resources: resources.map((resource) => {
      const { settings, protectedSettings, ...properties } = propertiesOf(resource);
      return { ...resource, properties };
    }),
  };
}
