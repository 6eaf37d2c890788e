import { HALF_MADE_TAG, JOB_TAG } from '../../../../src/compute/arm/own-names';
import type { TaggedThing } from '../../../functions/support/emulated-azure';
import type { Random } from '../../../support/seeded-random';
import type { KnownVm, Truth } from './truth';
import type { World } from './world';

interface RestoreJob {
  id: string;
  state: string;
  error?: { code: string };
  recoveryPoint: string;
  restoredDisks?: { name: string }[];
  replacedDisks?: { name: string }[];
  restoredVm?: { name: string };
}

interface Asked {
  job: string;
  target: string;
  vm: KnownVm;
}

/** Also one that failed only in that the VM did not start again: it says that its disks are restored. */
const isDone = ({ state, error }: RestoreJob) =>
  state === 'Succeeded' || error?.code === 'RestoredVmNotStarted';
const isHalfMade = ({ tags }: TaggedThing) => HALF_MADE_TAG in tags;

/** Restores that were asked for, and what became of them. */
export function restoresOf(world: World, truth: Truth, random: Random) {
  const asked: Asked[] = [];
  /** What was asked for, and how it ended: for whoever has to find out what went wrong. */
  const told: string[] = [];
  let made = 0;

  /**
   * The disks and the VM of a restore that succeeded are people's own: they look at them, and throw them
   * away.
   */
  async function use({ restoredDisks = [], replacedDisks = [], restoredVm }: RestoreJob): Promise<void> {
    const { arm } = world;
    if (restoredVm) {
      const { networkProfile } = (await arm.vm(restoredVm.name)).properties;
      await arm.deleteVm(restoredVm.name);
      for (const { id } of networkProfile.networkInterfaces) {
        await arm.deleteInterface(String(id).slice(String(id).lastIndexOf('/') + 1));
      }
    }
    const present = await arm.disks();
    const attached = await world.azure.attachedDisks();
    for (const { name } of [...restoredDisks, ...replacedDisks]) {
      if (present.includes(name) && !attached.includes(name)) await arm.deleteDisk(name);
    }
  }

  /**
   * Of a restore whose record or orchestration was lost, people have what is complete, and the disks that it
   * replaced; the rest is the sweep's.
   * @returns false while something of it is there that is not complete
   */
  async function useWhatIsComplete({ job, target, vm }: Asked): Promise<boolean> {
    const { arm } = world;
    const made = await arm.tagged(JOB_TAG, job);
    if (made.some(isHalfMade)) return false;
    for (const { kind, name } of made) {
      if (kind === 'virtualMachines') await arm.deleteVm(name);
      if (kind === 'networkInterfaces') await arm.deleteInterface(name);
    }
    const attached = await world.azure.attachedDisks();
    const replaced = target === 'replace' ? await arm.disksNamed(`${vm.name}-`) : [];
    for (const disk of [...made, ...replaced]) {
      if (disk.kind !== 'disks' || attached.includes(disk.name) || isHalfMade(disk)) continue;
      attached.push(disk.name);
      await arm.deleteDisk(disk.name);
    }
    return true;
  }

  return {
    told,
    /** Asks for a restore of some point to somewhere; the app may refuse. */
    async ask(): Promise<void> {
      const vm = random.pick([...truth.vms.values()]);
      const point = random.pickIfAny([...vm.points.keys()]);
      if (!point) return;
      const target = random.pick(['disks', 'vm', 'replace', 'replace'] as const);
      const body = {
        disks: { target },
        vm: { target, name: `restored-${++made}`, network: { subnet: world.arm.subnetId } },
        replace: { target, deallocate: true },
      }[target];
      const answer = await world.app.call<{ job: string }>('POST', `recovery-points/${point}/restores`, body);
      if (answer.status === 202) asked.push({ job: answer.body.job, target, vm });
      told.push(`${answer.body.job ?? answer.status} asked, ${target} of ${point}`);
    },
    /** Looks at those that are over. @returns how many succeeded, by target */
    async settle(): Promise<string[]> {
      const succeeded: string[] = [];
      for (const one of asked.splice(0)) {
        const { status, body } = await world.app.call<RestoreJob>('GET', `jobs/${one.job}`);
        if (status === 200 && (body.state === 'Running' || body.state === 'Queued')) {
          asked.push(one);
          continue;
        }
        told.push(`${one.job} ended: ${status} ${JSON.stringify(body)}`);
        if (one.target === 'replace') await truth.look(one.vm);
        if (status === 404 || body.error?.code === 'JobInterrupted') {
          if (!(await useWhatIsComplete(one))) asked.push(one);
        } else if (isDone(body)) {
          succeeded.push(one.target);
          await use(body);
        }
      }
      return succeeded;
    },
  };
}
