import { z } from 'zod';
import { resourceName, type VmRef } from '../compute/arm/resource-id';
import { OptionalPart } from '../compute/restore/optional-parts';
import { backupError } from '../failures/failure';
import type { RecoveryPoint } from '../vault/format/manifest';
import { capturedInterfaces, capturedVm, type InterfaceOfVm } from './captured-configuration';
import { lossesOf, optionalPartsOf } from './optional-parts-of';
import { carry, NETWORK_INTERFACE, type Wire } from './properties';
import type { RestoreToVm } from './restore-target';

/** A network interface of a new VM. */
export const RestoredInterface = z.object({
  id: z.string(),
  primary: z.boolean(),
  /** Present when the restore makes it: what it is to be, on the wire. */
  make: z.object({ model: z.record(z.string(), z.unknown()), optional: z.array(OptionalPart) }).optional(),
});
export type RestoredInterface = z.output<typeof RestoredInterface>;

interface NetworkOrder {
  jobId: string;
  ref: VmRef;
  target: Pick<RestoreToVm, 'network' | 'tags' | 'allowLessProtected'>;
  /** Whether the VM of the point is still there, and has its addresses. */
  oldVmLives: boolean;
}

/** What one VM at a time can have. */
const ONE_AT_A_TIME = NETWORK_INTERFACE.properties
  .filter(({ reason }) => reason.startsWith('One VM at a time'))
  .map(({ path }) => path);

/** What does not exist in another subnet. */
const OF_ITS_SUBNET = ONE_AT_A_TIME.filter((path) => !path.endsWith('publicIPAddress'));

/**
 * The network interfaces of a new VM: the one that is named, or one for each that the VM of the point had,
 * like it. Fails with `NetworkInterfaceNotFound` where nothing is known of them and no subnet is named.
 */
export function restoredInterfaces(
  point: Pick<RecoveryPoint, 'vm'>,
  order: NetworkOrder,
): { interfaces: RestoredInterface[]; warnings: string[] } {
  const vm = capturedVm(point);
  const were = capturedInterfaces(vm);
  const network = order.target.network ?? {};
  if ('interface' in network) {
    const warnings =
      were.length > 1 ? [`The new VM has one network interface, not the ${were.length} of before.`] : [];
    return { interfaces: [{ id: network.interface, primary: true }], warnings };
  }
  const known = were.filter(({ resource }) => resource !== undefined);
  const lost = were.filter((one) => !known.includes(one) && known.length > 0);
  const plain: InterfaceOfVm[] = network.subnet ? [{ id: '', primary: true }] : [];
  const models = known.length > 0 ? known : plain;
  if (models.length === 0) {
    const why = 'Nothing is known of the network interfaces that the VM had.';
    throw backupError('NetworkInterfaceNotFound', why);
  }
  const { location } = vm.configuration.virtualMachine;
  const made = models.map((one, index) => madeInterface(one, index, location, order));
  return {
    interfaces: made.map(({ made }) => made),
    warnings: [
      ...lost.map(
        ({ id }) =>
          `The new VM comes without the network interface ${resourceName(id)}: it could not be read when the point was made.`,
      ),
      ...made.flatMap(({ warnings }) => warnings),
    ],
  };
}

function madeInterface(
  { id, primary, resource = {} }: InterfaceOfVm,
  index: number,
  location: string,
  { jobId, ref, target, oldVmLives }: NetworkOrder,
): { made: RestoredInterface; warnings: string[] } {
  const { subnet, securityGroup } = (target.network ?? {}) as { subnet?: string; securityGroup?: string };
  const without = new Set([...(oldVmLives ? ONE_AT_A_TIME : []), ...(subnet ? OF_ITS_SUBNET : [])]);
  if (securityGroup) without.add('properties.networkSecurityGroup');
  const carried = carry(NETWORK_INTERFACE, withoutGivenAddresses(resource), without);
  const subject = id === '' ? 'The network interface' : `The network interface ${resourceName(id)}`;
  const lost = carried.lost.filter(
    ({ property }) => !(securityGroup && property.path.endsWith('SecurityGroup')),
  );
  const properties = (carried.model.properties ?? {}) as Wire;
  const model: Wire = {
    ...carried.model,
    location,
    tags: { ...(carried.model.tags as Wire | undefined), ...target.tags },
    properties: {
      ...properties,
      ...(securityGroup ? { networkSecurityGroup: { id: securityGroup } } : {}),
      ipConfigurations: addressesIn(properties.ipConfigurations, subnet),
    },
  };
  return {
    made: {
      id: interfaceId(ref, jobId, index),
      primary,
      make: { model, optional: optionalPartsOf(subject, carried, target.allowLessProtected) },
    },
    warnings: [...lossesOf(subject, lost), ...carried.notes],
  };
}

/** An address that Azure gave for the time being is shown like one that was asked for. */
function withoutGivenAddresses(resource: Wire): Wire {
  const properties = (resource.properties ?? {}) as Wire;
  const { ipConfigurations } = properties;
  if (!Array.isArray(ipConfigurations)) return resource;
  const kept = ipConfigurations.map((one: Wire) => {
    const { privateIPAddress, ...others } = (one?.properties ?? {}) as Wire;
    const isStatic = others.privateIPAllocationMethod === 'Static';
    return { ...one, properties: isStatic ? { ...others, privateIPAddress } : others };
  });
  return { ...resource, properties: { ...properties, ipConfigurations: kept } };
}

/** All addresses of the old interface, in another subnet where one is named; one where it had none. */
function addressesIn(addresses: unknown, subnet: string | undefined): Wire[] {
  const all =
    Array.isArray(addresses) && addresses.length > 0
      ? (addresses as Wire[])
      : [{ name: 'primary', properties: { primary: true } }];
  return all.map((one) => {
    const properties = (one.properties ?? {}) as Wire;
    return {
      ...one,
      properties: {
        privateIPAllocationMethod: 'Dynamic',
        ...properties,
        ...(subnet ? { subnet: { id: subnet } } : {}),
      },
    };
  });
}

const interfaceId = ({ subscriptionId, resourceGroup, name }: VmRef, jobId: string, index: number) =>
  `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.Network/networkInterfaces/${name}-nic-${index === 0 ? '' : `${index}-`}${jobId.slice(-6)}`;
