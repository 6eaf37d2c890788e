import type { Followed, Passing, Subject } from '../support/follow';
import type { World } from '../support/remedy-world';

const refuse = (status: number, code: string, message: string) => ({ kind: 'refuse', status, code, message });

/** A restore of the point of the subject; what is run and what is run instead differ in its body only. */
const restores =
  (body: object | ((world: World, vm: Subject) => object)) => async (world: World, vm: Subject) =>
    world.restore(await vm.point(), typeof body === 'function' ? body(world, vm) : body);
const nothing = () => undefined;
const asNew = (more: object = {}) =>
  restores((_world, { name }) => ({ target: 'vm', name: `${name.slice(0, 30)}-new`, ...more }));
const inSubnet = restores((world, { name }) => ({
  target: 'vm',
  name: `${name.slice(0, 30)}-new`,
  network: { subnet: world.shaped.subnetId },
}));
const inPlace = restores({ target: 'replace', deallocate: true });

export const RESTORES: Followed[] = [
  {
    code: 'RestoreQuotaExceeded',
    provoke: (world) =>
      world.fault('disks.createOrUpdate', refuse(409, 'OperationNotAllowed', 'It exceeds the quota.'), 1),
    run: restores({ target: 'disks' }),
    follow: nothing,
    instead: restores({ target: 'disks', skus: { os: 'StandardSSD_LRS' } }),
  },
  {
    code: 'RestoreDiskTypeNotAvailable',
    provoke: nothing,
    run: restores({ target: 'disks', skus: { os: 'Magnetic_LRS' } }),
    follow: nothing,
    instead: restores({ target: 'disks', skus: { os: 'Premium_LRS' } }),
  },
  {
    code: 'RestoreVmConflict',
    provoke: nothing,
    run: restores((_world, { name }) => ({ target: 'vm', name })),
    follow: nothing,
    instead: asNew(),
  },
  {
    code: 'RestoreVmGone',
    provoke: (world, { name }) => world.arm.deleteVm(name),
    run: inPlace,
    follow: nothing,
    instead: inSubnet,
  },
  {
    code: 'RestoreVmRunning',
    provoke: nothing,
    run: restores({ target: 'replace' }),
    follow: nothing,
    instead: inPlace,
  },
  {
    code: 'RestoreVmRefused',
    provoke: (world) =>
      world.fault('virtualMachines.createOrUpdate', refuse(400, 'InvalidParameter', 'Not like this.'), 1),
    run: asNew(),
    follow: nothing,
    instead: restores({ target: 'disks' }),
  },
  {
    code: 'RestoreDiskIncompatible',
    provoke: (world, { name }) => world.shaped.ephemeral(name),
    run: inPlace,
    follow: nothing,
    instead: asNew(),
  },
  {
    code: 'NetworkInterfaceInUse',
    provoke: nothing,
    run: restores((world, { name }) => ({
      target: 'vm',
      name: `${name}-new`,
      network: { interface: world.arm.interfaceId(`${name}-nic-0`) },
    })),
    follow: nothing,
    instead: inSubnet,
  },
  {
    code: 'NetworkInterfaceNotFound',
    provoke: nothing,
    run: restores((world, { name }) => ({
      target: 'vm',
      name: `${name.slice(0, 30)}-new`,
      network: { interface: world.arm.interfaceId('of-nobody') },
    })),
    follow: nothing,
    instead: inSubnet,
  },
  {
    code: 'RestoredVmNotStarted',
    provoke: (world) => world.fault('virtualMachines.start', refuse(409, 'AllocationFailed', 'No room.')),
    run: inPlace,
    follow: startsByTheHour,
    instead: (world, { name }) => world.backUp(name),
  },
  {
    code: 'VmNotStartedAgain',
    async provoke(world) {
      await world.fault('virtualMachines.start', refuse(409, 'AllocationFailed', 'No room.'));
      await world.fault('virtualMachines.update', refuse(400, 'InvalidParameter', 'Not like this.'), 1);
    },
    run: inPlace,
    follow: startsByTheHour,
    instead: inPlace,
  },
];

/** Nobody does anything: there is room again, and the next hour comes. */
async function startsByTheHour(world: World, { name }: Subject): Promise<void> {
  await world.clearFaults();
  await world.app.tick('sweeper');
  expect(await world.arm.powerOf(name)).toBe('running');
}

export const PASSING_RESTORES: Passing[] = [
  {
    code: 'RestoreVmBusy',
    operation: 'virtualMachines.createOrUpdate',
    effect: refuse(409, 'AnotherOperationInProgress', 'Another operation holds it.'),
    run: asNew(),
  },
  {
    code: 'DiskUploadFailed',
    operation: 'blob.uploadPages',
    effect: refuse(500, 'InternalError', 'It failed inside.'),
    first: (world, { name }) => world.write(name),
    run: restores({ target: 'disks' }),
  },
];
