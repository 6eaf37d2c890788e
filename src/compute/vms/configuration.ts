import type { Compute } from '../arm/connection';
import { getRaw, type OperationOptions } from '../arm/long-running';
import { parseResourceId, type VmRef } from '../arm/resource-id';
import { asStepFailure, findOrUndefined, stepFailure } from '../failures/arm-failure';
import { networkPath } from './network-interfaces';

/** A resource as Azure answers it on the wire. */
export type RawResource = Record<string, unknown>;

/**
 * Everything needed to create the VM again: its resource, its disks' and its network interfaces'. Opaque to
 * everybody but a restore. Holds no secrets: Azure answers none, and the settings of extensions are left out.
 */
export interface VmConfiguration {
  virtualMachine: RawResource;
  disks: RawResource[];
  networkInterfaces: RawResource[];
}

/** Captures the VM's configuration. Fails with `VmNotFound` and the causes of step `inspect`. */
export async function captureConfiguration(compute: Compute, ref: VmRef): Promise<VmConfiguration> {
  const { virtualMachines } = compute.client(ref.subscriptionId);
  const virtualMachine = await rawAnswer((options) =>
    virtualMachines.get(ref.resourceGroup, ref.name, { ...options, expand: 'userData' }),
  ).catch((error: unknown) => {
    throw asStepFailure(error, 'inspect');
  });
  if (!virtualMachine) throw stepFailure('VmNotFound', 'inspect', `There is no VM ${ref.name}.`);
  const { storageProfile, networkProfile } = propertiesOf(virtualMachine);
  const { osDisk, dataDisks = [] } = (storageProfile ?? {}) as {
    osDisk?: ModelDisk;
    dataDisks?: ModelDisk[];
  };
  const { networkInterfaces = [] } = (networkProfile ?? {}) as { networkInterfaces?: { id?: string }[] };
  const diskIds = [osDisk, ...dataDisks].flatMap((disk) => disk?.managedDisk?.id ?? []);
  const [disks, nics] = await Promise.all([
    Promise.all(diskIds.map((id) => rawDisk(compute, id))),
    Promise.all(networkInterfaces.flatMap(({ id }) => (id ? [rawNic(compute, id)] : []))),
  ]);
  return {
    virtualMachine: withoutExtensionSettings(virtualMachine),
    disks: disks.filter((disk) => disk !== undefined),
    networkInterfaces: nics.filter((nic) => nic !== undefined),
  };
}

interface ModelDisk {
  managedDisk?: { id?: string };
}

const propertiesOf = (resource: RawResource): RawResource => (resource.properties ?? {}) as RawResource;

/** The body of an answer before the SDK drops what it does not know. */
async function rawAnswer(
  call: (options: OperationOptions) => Promise<unknown>,
): Promise<RawResource | undefined> {
  let text: string | null | undefined;
  await call({
    onResponse: (response) => {
      text = response.bodyAsText;
    },
  });
  return text ? (JSON.parse(text) as RawResource) : undefined;
}

const rawDisk = (compute: Compute, id: string): Promise<RawResource | undefined> =>
  findOrUndefined('inspect', () => {
    const { subscriptionId, resourceGroup, names } = parseResourceId(id);
    return rawAnswer((options) =>
      compute.client(subscriptionId).disks.get(resourceGroup, names[0] ?? '', options),
    );
  });

/** A network interface that cannot be read does not stop a backup: the restore makes a new one. */
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
