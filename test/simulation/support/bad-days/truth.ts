import { kept, type OraclePoint } from '../oracle';
import { FLEET, POLICIES } from './fleet';
import type { World } from './world';

/** A point as the API lists it. */
export interface ListedPoint {
  id: string;
  time: string;
  partial: boolean;
}

interface KnownVm {
  name: string;
  key: string;
  policy: string;
  runs: boolean;
  /** What its disks hold now, as `contentOf` tells it. */
  holds: string;
  /** Every content that one instant of this VM has had. */
  wholes: Set<string>;
  points: Map<string, OraclePoint>;
}

/** What the disks of a VM hold: SHA-256 by LUN. */
const contentOf = async ({ arm }: World, name: string) =>
  JSON.stringify(Object.entries(await arm.attachedBytes(name)).sort(([a], [b]) => Number(a) - Number(b)));

/** What is known of the fleet without asking the app more than which points it lists. */
export async function knowFleet(world: World) {
  const { body } = await world.app.call<{ vms: { key: string; name: string }[] }>('GET', 'vms');
  const vms = new Map<string, KnownVm>();
  for (const { name, policy, powerState } of FLEET) {
    const holds = await contentOf(world, name);
    const key = body.vms.find((vm) => vm.name === name)?.key ?? '';
    const runs = powerState !== 'deallocated';
    vms.set(name, { name, key, policy, runs, holds, wholes: new Set([holds]), points: new Map() });
  }
  const listed = async ({ key }: KnownVm) =>
    (await world.app.call<{ recoveryPoints: ListedPoint[] }>('GET', `vms/${key}/recovery-points`)).body
      .recoveryPoints;

  return {
    vms,
    listed,
    /** A guest wrote to its disk, so whatever it holds now is of one instant. */
    async wrote(vm: KnownVm): Promise<void> {
      vm.holds = await contentOf(world, vm.name);
      vm.wholes.add(vm.holds);
    },
    /** What a VM holds after something may have replaced its disks. */
    async look(vm: KnownVm): Promise<void> {
      vm.holds = await contentOf(world, vm.name);
    },
    isWhole: (vm: KnownVm): boolean => vm.wholes.has(vm.holds),
    /**
     * Takes note of the points that are listed now.
     * @throws when one is not listed that the rules of its policy keep
     */
    async notePoints(): Promise<void> {
      for (const vm of vms.values()) {
        const points = await listed(vm);
        const ids = new Set(points.map(({ id }) => id));
        for (const { id, time } of points) vm.points.set(id, { id, at: Date.parse(time) });
        const policy = POLICIES[vm.policy];
        const wanted = policy ? [...kept([...vm.points.values()], policy).keys()] : [];
        const lost = wanted.filter(({ id }) => !ids.has(id)).map(({ id }) => id);
        expect({ vm: vm.name, lost }).toEqual({ vm: vm.name, lost: [] });
        for (const id of vm.points.keys()) if (!ids.has(id)) vm.points.delete(id);
      }
    },
  };
}

export type Truth = Awaited<ReturnType<typeof knowFleet>>;
export type { KnownVm };
