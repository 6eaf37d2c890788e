import type { DiscoveredVm } from '../compute/vms/discover';
import { PolicyName } from '../policies/policy';

/** The tag that puts a VM under protection, in any letter case; its value names the policy. */
export const POLICY_TAG = 'backup-policy';

type Tagged = Pick<DiscoveredVm, 'tags'>;

/**
 * The policy that a VM's tag names; undefined without the tag, and for what cannot be the name of a policy.
 * Names of tags are case-insensitive in Azure ("Use tags to organize your Azure resources"), values are not.
 */
export function policyOfTag(vm: Tagged): string | undefined {
  const parsed = PolicyName.safeParse(valueOfTag(vm));
  return parsed.success ? parsed.data : undefined;
}

const valueOfTag = ({ tags }: Tagged): string | undefined =>
  Object.entries(tags).find(([name]) => name.toLowerCase() === POLICY_TAG)?.[1];

/** What is wrong with the tags of a VM whose owner most likely means to have it backed up. */
export function problemOfTag(vm: Tagged, policies: Iterable<string>): string | undefined {
  const value = valueOfTag(vm);
  const names = [...policies];
  if (value !== undefined) {
    if (names.includes(value)) return undefined;
    const meant = names.find((name) => name === value.trim().toLowerCase());
    if (meant) return `The tag ${POLICY_TAG} holds "${value}"; the policy is called ${meant}.`;
    return policyOfTag(vm) === undefined
      ? `The tag ${POLICY_TAG} does not hold the name of a policy.`
      : undefined;
  }
  const almost = Object.keys(vm.tags).find(isAlmost);
  return almost === undefined
    ? undefined
    : `The tag "${almost}" protects nothing; did you mean ${POLICY_TAG}?`;
}

const letters = (name: string) => name.toLowerCase().replace(/[^a-z]/g, '');
const MEANT = letters(POLICY_TAG);

/** At most so many letters may be missing, too many or wrong. */
const MOST_SLIPS = 2;

const isAlmost = (name: string): boolean => {
  const given = letters(name);
  return Math.abs(given.length - MEANT.length) <= MOST_SLIPS && distance(given, MEANT) <= MOST_SLIPS;
};

/** How many letters have to be put in, taken out or changed to get from one word to another. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const change = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
