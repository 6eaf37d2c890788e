import { allItems } from '../../client/all-pages';
import { apiClient } from '../../client/api-client';
import type { PointDescription, VmDescription } from '../../client/api-types';
import { findSystem } from '../connection/find-system';
import { type AskedVault, namedVault } from '../connection/find-vault';
import { readProfiles } from '../connection/profiles';
import { library } from '../direct/load-library';
import { type NamedVm, vmNamed } from '../names/find-vm';
import { time } from '../output/people';
import type { Candidate, Place } from './candidates';

/** Whoever presses Tab waits no longer. */
const WITHIN_MS = 3000;
const JOBS = 50;

/** What a value may be in the system or the vault that is asked; nothing where that does not answer. */
export async function liveCandidates(
  { kind, word, command }: Place,
  asked: AskedVault,
): Promise<Candidate[]> {
  if (kind === 'profile')
    return Object.entries(readProfiles().profiles).map(([value, { url }]) => ({ value, what: url }));
  const takesVault = command.options.some(({ long }) => long === '--vault');
  const vault = takesVault ? namedVault(asked) : undefined;
  if (vault) return kind === 'vm' || kind === 'point' ? fromVault(vault.address, kind, word) : [];
  const { url, functionKey } = findSystem(asked);
  const api = apiClient(url, { functionKey, signal: AbortSignal.timeout(WITHIN_MS) });
  const vms = () => allItems(api.listVms, ({ vms: page }) => page);
  if (kind === 'vm') return (await vms()).map(named);
  if (kind === 'policy') return (await api.listPolicies()).policies.map(({ name }) => ({ value: name }));
  if (kind === 'job') {
    const { jobs } = await api.listJobs({ limit: JOBS });
    return jobs.map(({ id, state }) => ({ value: id, what: state }));
  }
  if (kind !== 'point') return [];
  const [, vm] = /^(.+)@/.exec(word) ?? [];
  if (vm === undefined) return (await vms()).map((one, _, all) => latestOf(one, all));
  const { key } = vmNamed(await vms(), vm);
  const { recoveryPoints } = await api.listRecoveryPoints({ vm: key, deleted: 'include' });
  return pointsOf(vm, key, recoveryPoints);
}

async function fromVault(address: string, kind: 'vm' | 'point', word: string): Promise<Candidate[]> {
  const { openVaultAt, readPoints } = library();
  const { vms, recoveryPoints } = await readPoints(await openVaultAt(address));
  const names = vms.map((vm) => ({ vm, value: shortName(vm, vms) }));
  if (kind === 'vm') return names.map(({ vm, value }) => ({ value, what: vm.resourceGroup }));
  const [, text] = /^(.+)@/.exec(word) ?? [];
  if (text === undefined) return names.map(({ value }) => ({ value: `${value}@latest`, what: 'the newest' }));
  const { key } = vmNamed(vms, text);
  return pointsOf(
    text,
    key,
    recoveryPoints.filter((point) => point.vm === key),
  );
}

function pointsOf(vm: string, key: string, recoveryPoints: readonly PointDescription[]): Candidate[] {
  const points = recoveryPoints.map(({ id, time: at, deleted }) => ({
    value: `${vm}@${id.slice(key.length + 1)}`,
    what: `${time(at)}${deleted ? ', deleted' : ''}`,
  }));
  return [{ value: `${vm}@latest`, what: 'the newest' }, ...points.reverse()];
}

/** By its name where no other VM has it. */
function shortName({ name, key }: NamedVm, all: readonly NamedVm[]): string {
  const alone = all.filter((one) => one.name.toLowerCase() === name.toLowerCase()).length === 1;
  return alone ? name : key;
}

const named = (vm: VmDescription, _: number, all: readonly VmDescription[]): Candidate => ({
  value: shortName(vm, all),
  what: `${vm.resourceGroup}, ${vm.powerState}`,
});

function latestOf(vm: VmDescription, all: readonly VmDescription[]): Candidate {
  return {
    value: `${named(vm, 0, all).value}@latest`,
    what: time(vm.lastRecoveryPoint?.time) ?? 'has no point',
  };
}
