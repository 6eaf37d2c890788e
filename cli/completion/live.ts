import { allItems } from '../../client/all-pages';
import { apiClient } from '../../client/api-client';
import type { VmDescription } from '../../client/api-types';
import { type Asked, findSystem } from '../connection/find-system';
import { readProfiles } from '../connection/profiles';
import { vmNamed } from '../names/find-vm';
import { time } from '../output/people';
import type { Candidate } from './candidates';

/** Whoever presses Tab waits no longer. */
const WITHIN_MS = 3000;
const JOBS = 50;

/** What a value of this kind may be in the system that is asked; nothing where that does not answer. */
export async function liveCandidates(kind: string, word: string, asked: Asked): Promise<Candidate[]> {
  if (kind === 'profile')
    return Object.entries(readProfiles().profiles).map(([value, { url }]) => ({ value, what: url }));
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
  const points = recoveryPoints.map(({ id, time: at, deleted }) => ({
    value: `${vm}@${id.slice(key.length + 1)}`,
    what: `${time(at)}${deleted ? ', deleted' : ''}`,
  }));
  return [{ value: `${vm}@latest`, what: 'the newest' }, ...points.reverse()];
}

/** By its name where no other VM has it. */
function named(
  { name, key, resourceGroup, powerState }: VmDescription,
  _: number,
  all: readonly VmDescription[],
): Candidate {
  const alone = all.filter((one) => one.name.toLowerCase() === name.toLowerCase()).length === 1;
  return { value: alone ? name : key, what: `${resourceGroup}, ${powerState}` };
}

function latestOf(vm: VmDescription, all: readonly VmDescription[]): Candidate {
  return {
    value: `${named(vm, 0, all).value}@latest`,
    what: time(vm.lastRecoveryPoint?.time) ?? 'has no point',
  };
}
