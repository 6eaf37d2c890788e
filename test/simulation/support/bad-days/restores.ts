import type { Random } from '../../../support/seeded-random';
import type { KnownVm, Truth } from './truth';
import type { World } from './world';

interface RestoreJob {
  id: string;
  state: string;
  recoveryPoint: string;
  restoredDisks?: { name: string }[];
  replacedDisks?: { name: string }[];
  restoredVm?: { name: string };
}

/** Restores that were asked for, and what became of them. */
export function restoresOf(world: World, truth: Truth, random: Random) {
  const asked: { job: string; target: string; vm: KnownVm }[] = [];
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

  return {
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
        if (one.target === 'replace') await truth.look(one.vm);
        if (status !== 200 || body.state !== 'Succeeded') continue;
        succeeded.push(one.target);
        await use(body);
      }
      return succeeded;
    },
  };
}
