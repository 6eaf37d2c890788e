import type { PointDescription, RestoreTarget } from '../../client/api-types';
import { type ConfirmOptions, confirm } from '../command/confirm';
import type { Session } from '../command/session';
import { EXIT } from '../ending/exit-codes';
import { Refused } from '../ending/refused';
import { startedJob, type WaitOptions } from '../follow/started-job';
import { diskOf } from '../names/find-disk';
import { findPoint } from '../names/find-point';
import { vmOfPoint } from '../names/vm-of-point';
import { size, time } from '../output/people';

export interface RestoreOptions extends WaitOptions, ConfirmOptions {
  to: RestoreTarget['target'];
  disk?: string[];
  group?: string;
  name?: string;
  subnet?: string;
  interface?: string;
  keepBackupTag?: boolean;
  deallocate?: boolean;
  skipDamaged?: boolean;
  fromVault?: boolean;
}

/** Which options belong to which target; the others are refused rather than passed over. */
const ONLY_FOR: Readonly<Record<string, readonly RestoreTarget['target'][]>> = {
  group: ['disks', 'vm'],
  name: ['vm'],
  subnet: ['vm'],
  interface: ['vm'],
  keepBackupTag: ['vm'],
  deallocate: ['replace'],
};

export async function restorePoint(session: Session, text: string, options: RestoreOptions): Promise<void> {
  const target = targetOf(options);
  const point = await session.api.getRecoveryPoint({ point: await findPoint(session.api, text) });
  const disks = options.disk?.map((disk) => diskOf(point, disk).diskId);
  const body = { ...target, disks };
  const will = await whatItDoes(session, point, body);
  if (options.dryRun) return session.say(will.words);
  if (body.target === 'replace') {
    await confirm(
      session,
      { will: will.words, answer: will.vm, answerIs: 'the name of the VM' },
      options.yes,
    );
  }
  await startedJob(session, await session.api.startRestore({ point: point.id, body }), options);
}

/** The request that the options make. Throws `Refused` for options that do not fit together. */
export function targetOf(options: RestoreOptions): RestoreTarget {
  for (const [name, targets] of Object.entries(ONLY_FOR)) {
    if (options[name as keyof RestoreOptions] === undefined || targets.includes(options.to)) continue;
    const flag = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    throw new Refused(EXIT.usage, `--${flag} is for --to ${targets.join(' or ')}.`);
  }
  const common = {
    damaged: options.skipDamaged ? ('skip' as const) : undefined,
    from: options.fromVault ? ('vault' as const) : undefined,
  };
  if (options.to === 'disks') return { target: 'disks', ...common, resourceGroup: options.group };
  if (options.to === 'replace') return { target: 'replace', ...common, deallocate: options.deallocate };
  return {
    target: 'vm',
    ...common,
    name: options.name ?? missing('--name NAME'),
    resourceGroup: options.group,
    network: networkOf(options),
    keepBackupTag: options.keepBackupTag,
  };
}

function networkOf({ subnet, interface: card }: RestoreOptions): { subnet: string } | { interface: string } {
  if (subnet !== undefined && card === undefined) return { subnet };
  if (card !== undefined && subnet === undefined) return { interface: card };
  return missing('either --subnet ID or --interface ID');
}

function missing(what: string): never {
  throw new Refused(EXIT.usage, `--to vm needs ${what}.`);
}

async function whatItDoes(
  { api }: Session,
  { id, time: at, disks, consistency }: PointDescription,
  { target, disks: only }: RestoreTarget,
): Promise<{ words: string; vm: string }> {
  const { name: vm, there } = await vmOfPoint(api, id);
  const state = `${vm} as it was at ${time(at)} (${consistency.reached}-consistent)`;
  const list = disks
    .filter(({ diskId }) => only === undefined || only.includes(diskId))
    .map(({ diskId, name, sizeBytes }) => `  ${diskId}  ${name}  ${size(sizeBytes)}`)
    .join('\n');
  if (target !== 'replace') {
    const made = target === 'vm' ? 'a new VM with new managed disks' : 'new managed disks';
    return { vm, words: `Makes ${made} of ${state}; what is there stays:\n${list}` };
  }
  const now = there ? `The VM is ${there.powerState} now.` : 'The VM is not in Azure now.';
  return {
    vm,
    words: `Puts these disks of ${state} in place of those that the VM has. The disks of now are detached, not deleted; the VM does not have what was written since.\n${list}\n${now}`,
  };
}
