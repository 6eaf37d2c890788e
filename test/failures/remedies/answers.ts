import type { FailureCode } from '../../../src/failures/catalogue';
import type { Subject } from '../support/follow';
import type { Answer, World } from '../support/remedy-world';

/** A request that is refused, and the one that its remedy leads to. */
export interface Answered {
  code: FailureCode;
  ask(world: World, vm: Subject): Promise<Answer>;
  /** Does what the remedy says, and asks for what is wanted then. */
  follow(world: World, vm: Subject): Promise<Answer>;
}

const SCHEDULE = { frequency: 'daily', times: ['02:00'], timeZone: 'UTC' };
const point = async (vm: Subject) => `recovery-points/${await vm.point()}`;

export const ANSWERED: Answered[] = [
  {
    code: 'InvalidRequest',
    ask: (world) => world.call('PUT', 'policies/gold', { schedule: { ...SCHEDULE, timeZone: 'Mars' } }),
    follow: (world) => world.call('PUT', 'policies/gold', { schedule: SCHEDULE }),
  },
  {
    code: 'NotFound',
    ask: (world) => world.call('GET', 'policies/nobody'),
    async follow(world) {
      const { policies } = (await world.call('GET', 'policies')).body;
      return world.call('GET', `policies/${policies[0].name}`);
    },
  },
  {
    code: 'RecoveryPointNotFound',
    ask: (world, { key }) => world.call('GET', `recovery-points/${key}.20200101t000000z`),
    async follow(world, vm) {
      await vm.point();
      const { recoveryPoints } = (await world.call('GET', `vms/${vm.key}/recovery-points`)).body;
      return world.call('GET', `recovery-points/${recoveryPoints[0].id}`);
    },
  },
  {
    code: 'PolicyInUse',
    ask: (world, { name }) => world.call('DELETE', `policies/${name}`),
    async follow(world, { name, key }) {
      await world.call('PUT', `vms/${key}/protection`, { policy: 'daily' });
      return world.call('DELETE', `policies/${name}`);
    },
  },
  {
    code: 'VmIsGone',
    async ask(world, vm) {
      await vm.point();
      await world.arm.deleteVm(vm.name);
      return world.call('POST', `vms/${vm.key}/backups`, {});
    },
    async follow(world, vm) {
      const order = { target: 'vm', name: 'again', network: { subnet: world.shaped.subnetId } };
      const job = await world.restore(await vm.point(), order);
      return { status: job.state === 'Succeeded' ? 200 : 500, body: job };
    },
  },
  {
    code: 'RecoveryPointDeleted',
    async ask(world, vm) {
      await world.call('DELETE', await point(vm));
      return world.call('GET', await point(vm));
    },
    async follow(world, vm) {
      await world.call('POST', `${await point(vm)}/undelete`);
      return world.call('GET', await point(vm));
    },
  },
  {
    code: 'RecoveryPointHeld',
    async ask(world, vm) {
      await world.call('PUT', `${await point(vm)}/hold`, { reason: 'a question of law' });
      return world.call('DELETE', await point(vm));
    },
    async follow(world, vm) {
      await world.call('DELETE', `${await point(vm)}/hold`);
      return world.call('DELETE', await point(vm));
    },
  },
  {
    code: 'RetentionNotLater',
    ask: async (world, vm) =>
      world.call('PUT', `${await point(vm)}/retention`, { retainUntil: '2020-01-01T00:00:00Z' }),
    follow: async (world, vm) =>
      world.call('PUT', `${await point(vm)}/retention`, { retainUntil: '2040-01-01T00:00:00Z' }),
  },
  {
    code: 'BackupAlreadyRunning',
    async ask(world, vm) {
      await world.fault('restorePoints.create', { kind: 'late', seconds: 1800 }, 1);
      await world.call('POST', `vms/${vm.key}/backups`, {});
      return world.call('POST', `vms/${vm.key}/backups`, {});
    },
    async follow(world, { key }) {
      const [running] = (await world.call('GET', `jobs?vm=${key}&limit=1`)).body.jobs;
      await world.call('POST', `jobs/${running.id}/cancel`);
      await world.app.settle();
      const job = await world.runs(`vms/${key}/backups`);
      return { status: job.state === 'Succeeded' ? 200 : 500, body: job };
    },
  },
];

/** What the owner of the storage account has to put right: afterwards the app goes on by itself. */
export const REFUSED_BY_STORAGE: [code: FailureCode, status: number, azureCode: string][] = [
  ['VaultAccessDenied', 403, 'AuthorizationPermissionMismatch'],
  ['VaultKeyAccessDisabled', 403, 'KeyBasedAuthenticationNotPermitted'],
  ['VaultFirewall', 403, 'AuthorizationFailure'],
  ['VaultSignInRefused', 403, 'AuthenticationFailed'],
  ['VaultAccountDisabled', 403, 'AccountIsDisabled'],
  ['VaultEncryptionKeyUnavailable', 403, 'KeyVaultEncryptionKeyNotFound'],
  ['VaultContainerMissing', 404, 'ContainerNotFound'],
  ['VaultContainerBusy', 409, 'ContainerBeingDeleted'],
  ['VaultBlobArchived', 409, 'BlobArchived'],
  ['VaultFull', 507, 'InsufficientStorage'],
  ['VaultRequestRefused', 400, 'SomethingElse'],
  ['VaultThrottled', 429, 'TooManyRequests'],
  ['VaultUnavailable', 500, 'InternalError'],
];
