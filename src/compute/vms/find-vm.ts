import type { VirtualMachine } from '@azure/arm-compute';
import type { Compute } from '../arm/connection';
import type { VmRef } from '../arm/resource-id';
import { findOrUndefined } from '../failures/arm-failure';

/** The VM of this name, or undefined. Fails with the causes of step `restore VM`. */
export const findVm = (compute: Compute, ref: VmRef): Promise<VirtualMachine | undefined> =>
  findOrUndefined('restore VM', () =>
    compute.client(ref.subscriptionId).virtualMachines.get(ref.resourceGroup, ref.name, {
      expand: 'instanceView',
    }),
  );
