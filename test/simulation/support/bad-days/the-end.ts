import { createHash } from 'node:crypto';
import { CONTENT_FOLDERS } from '../../../../src/vault/garbage/content-folders';
import { markPoints } from '../../../../src/vault/garbage/mark';
import { listPoints } from '../../../../src/vault/points';
import { readManifest } from '../../../../src/vault/points/read-point';
import { openDiskImage } from '../../../../src/vault/restore/disk-image';
import { openVault } from '../../../../src/vault/vault';
import { DAY, FLEET, POLICIES } from './fleet';
import type { KnownVm, Truth } from './truth';
import type { World } from './world';

/** What may lie in a container in which nothing is going on, beside content. */
const LASTING = [
  'vault.json',
  'points/',
  'jobs/',
  'protection/',
  'policies/',
  'summaries/',
  'looks/',
  'verifications/',
];

/** Every VM has been backed up since `since`, in whole, and is on if it was on. */
export async function expectAllIsWell(world: World, truth: Truth, since: number): Promise<void> {
  const { vms } = await world.azure.state();
  for (const vm of truth.vms.values()) {
    await truth.look(vm);
    const points = await truth.listed(vm);
    const power = vms.find(({ name }) => name === vm.name)?.powerState;
    const fresh = points.some(({ time, partial }) => Date.parse(time) >= since && !partial);
    expect({ vm: vm.name, fresh, whole: truth.isWhole(vm), runs: power === 'running' }).toEqual({
      vm: vm.name,
      fresh: true,
      whole: true,
      runs: vm.runs,
    });
  }
}

/** Every disk of every point is read from the vault: what it shows is what the VM held at one instant. */
export async function expectPointsAreTrue(world: World, truth: Truth): Promise<void> {
  const vault = await openVault(world.blobs.container('vault'));
  for (const vm of truth.vms.values()) {
    for (const { id, partial } of await truth.listed(vm)) {
      const manifest = await readManifest(vault, id);
      const content: [string, string][] = [];
      for (const { diskId, lun, sizeBytes } of manifest?.disks ?? []) {
        const image = await openDiskImage(vault, id, diskId);
        const bytes = await image.read({ offset: 0, length: sizeBytes });
        content.push([String(lun), createHash('sha256').update(bytes).digest('hex')]);
      }
      const told = JSON.stringify(content.sort(([a], [b]) => Number(a) - Number(b)));
      expect({ id, true: partial || vm.wholes.has(told) }).toEqual({ id, true: true });
    }
  }
}

/** Nothing in Azure is there for longer than somebody wants it. */
export async function expectAzureIsClean(world: World, truth: Truth): Promise<void> {
  const state = await world.azure.state();
  const attached = await world.azure.attachedDisks();
  const wanted: string[] = [];
  for (const vm of truth.vms.values()) wanted.push(...(await snapshotsOf(vm, world, truth)));
  const found = state.restorePoints.map(({ vm, name }) => `${vm} ${name.slice(0, 16)}`);
  expect({
    snapshots: [...found, ...state.snapshots.map(({ name }) => name)].sort(),
    grants: state.grants,
    disks: state.disks.map(({ name }) => name).filter((name) => !attached.includes(name)),
    vms: state.vms.map(({ name }) => name).sort(),
    interfaces: (await world.arm.interfaces()).sort(),
  }).toEqual({
    snapshots: wanted.sort(),
    grants: [],
    disks: [],
    vms: FLEET.map(({ name }) => name).sort(),
    interfaces: FLEET.map(({ name }) => `${name}-nic`).sort(),
  });
}

/** By the policy: for its days, and the newest as base of the next backup. */
async function snapshotsOf(vm: KnownVm, { clock }: World, truth: Truth): Promise<string[]> {
  const days = POLICIES[vm.policy]?.instantRestoreDays ?? 0;
  if (days === 0) return [];
  const points = await truth.listed(vm);
  const stays = points.filter(
    (point) => Date.parse(point.time) + days * DAY > clock.now() || point === points.at(-1),
  );
  return stays.map(({ id }) => `${vm.name} ${id.split('.')[1]}`);
}

/** Nothing lies in the container that no point and nobody who is at work needs. */
export async function expectContainerIsClean(world: World): Promise<void> {
  const store = world.blobs.container('vault');
  const vault = await openVault(store);
  const marking = await markPoints(
    vault,
    (await listPoints(vault)).map(({ pointId }) => pointId),
    '',
    1e6,
  );
  if (!('marks' in marking)) throw new Error('the points cannot be marked');
  const ownerless: string[] = [];
  for await (const { name } of store.list('')) {
    const folder = CONTENT_FOLDERS.find((one) => name.startsWith(one));
    if (
      folder ? !marking.marks.has(name.slice(folder.length)) : !LASTING.some((one) => name.startsWith(one))
    ) {
      ownerless.push(name);
    }
  }
  expect(ownerless).toEqual([]);
}
