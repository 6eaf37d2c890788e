import { resourceName } from '../compute/arm/resource-id';
import type { ExcludedDisks } from './excluded-disks';

/** A VM as Azure answered it, as far as it decides what can come of a point. */
interface Configuration {
  virtualMachine?: {
    properties?: {
      securityProfile?: { securityType?: string };
      networkProfile?: { networkInterfaces?: { id?: string }[] };
    };
  };
  networkInterfaces?: { id?: string }[];
}

/**
 * What a recovery point cannot give back, told when it is made: a VM that does not boot from plain disks, a
 * missing OS disk, network interfaces that could not be read.
 */
export function pointWarnings(
  configuration: Record<string, unknown>,
  excluded: ExcludedDisks = [],
): string[] {
  const { virtualMachine, networkInterfaces: captured = [] } = configuration as Configuration;
  const { securityProfile, networkProfile } = virtualMachine?.properties ?? {};
  const wanted = networkProfile?.networkInterfaces ?? [];
  const read = new Set(captured.map(({ id }) => id?.toLowerCase()));
  const unread = wanted.flatMap(({ id }) => (id && !read.has(id.toLowerCase()) ? [resourceName(id)] : []));
  return [
    ...(securityProfile?.securityType === 'ConfidentialVM'
      ? [
          'The VM is confidential, and its guest state is in no recovery point: its disks can be restored, a confidential VM cannot be made of them.',
        ]
      : []),
    ...(excluded.some(({ lun }) => lun < 0)
      ? ['The OS disk is not in the point: its data disks can be restored, a VM cannot be made of them.']
      : []),
    ...unread.map(
      (name) => `The network interface ${name} could not be read: a restored VM comes without it.`,
    ),
  ];
}
