import { keyOf, type NameSet } from '../garbage/name-set';

const NOBODY = 0;

/** Who needs which content: of every name, the VMs that have it. */
export interface Owners {
  /** Notes that a VM has these names. Each VM once. */
  add(vm: string, names: readonly NameSet[]): void;
  /** Counts a blob of that name; false when nobody has it. */
  count(name: string, sizeBytes: number): boolean;
  /** The bytes that were counted, for each group of VMs that has some of them together. */
  groups(): Iterable<{ vms: string[]; bytes: number }>;
  /** Names, in all. */
  readonly size: number;
}

/**
 * A group is one VM more than another group, so it takes the same memory however many VMs share a name; and
 * there are few of them: VMs that share content mostly share much.
 */
export function createOwners(): Owners {
  const groupOf = new Map<number, number>();
  const groups: { without: number; vm: string; bytes: number }[] = [{ without: NOBODY, vm: '', bytes: 0 }];

  function membersOf(group: number): string[] {
    const vms: string[] = [];
    for (let at = group; at !== NOBODY; at = groups[at]?.without ?? NOBODY) vms.push(groups[at]?.vm ?? '');
    return vms;
  }

  return {
    add(vm, names) {
      const grown = new Map<number, number>();
      for (const key of keysOf(names)) {
        const without = groupOf.get(key) ?? NOBODY;
        // Two points of the VM name it.
        if (groups[without]?.vm === vm) continue;
        const group = grown.get(without) ?? groups.push({ without, vm, bytes: 0 }) - 1;
        grown.set(without, group);
        groupOf.set(key, group);
      }
    },
    count(name, sizeBytes) {
      const group = groups[groupOf.get(keyOf(name)) ?? NOBODY];
      if (group === undefined || group.vm === '') return false;
      group.bytes += sizeBytes;
      return true;
    },
    *groups() {
      for (const [index, { bytes }] of groups.entries())
        if (bytes > 0) yield { vms: membersOf(index), bytes };
    },
    get size() {
      return groupOf.size;
    },
  };
}

function* keysOf(names: readonly NameSet[]): Generator<number> {
  for (const set of names) yield* set.keys();
}
