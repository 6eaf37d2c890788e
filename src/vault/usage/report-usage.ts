import { orderedParallel } from '../../basics/ordered-parallel';
import { sumOf } from '../../basics/sum-of';
import { BackupError } from '../../failures/failure';
import { isStorageRefusal } from '../../storage/storage-failure';
import { isContentName, vmKeyOf } from '../format/names';
import { CONTENT_FOLDERS } from '../garbage/content-folders';
import { markPoints } from '../garbage/mark';
import type { NameSet } from '../garbage/name-set';
import { findRoots } from '../garbage/roots';
import { readManifest } from '../points/read-point';
import type { Vault } from '../vault';
import { createOwners, type Owners } from './owners';

const READS_AT_ONCE = 16;
/** Names held at once: some 100 MiB. With more, names are worked through by their first digits. */
const NAMES_AT_ONCE = 1_000_000;

/** What one VM takes. */
export interface VmUsage {
  vmKey: string;
  /** Its readable points; deleted ones that can be undeleted still take their room. */
  points: number;
  /** What all of them would take as whole disks. */
  logicalBytes: number;
  /** As stored, and needed by this VM alone: what would be free without its points. */
  uniqueBytes: number;
  /** As stored, and needed by other VMs too. */
  sharedBytes: number;
}

/** Bytes of everything that lies in a vault, by the folder that it lies in. */
export type BytesByKind = Record<(typeof KINDS)[number], number>;

export const KINDS = [
  'chunks',
  'packs',
  'digests',
  'segments',
  'indexes',
  'points',
  'tombstones',
  'verifications',
  'damage',
  'runs',
] as const;

export interface UsageReport {
  /** As stored, whether or not a point needs it. */
  bytesByKind: BytesByKind;
  /** In the order of their keys. */
  vms: VmUsage[];
  /** All content that some point needs, as stored; what VMs share counts once. */
  storedBytes: number;
  /** Content that no point needs: the next collections take it, as far as no running backup wants it. */
  unreferencedBytes: number;
  /** Points that could not be read to their end: what only they need counts as unreferenced. */
  unreadablePoints: string[];
}

/**
 * Says what each VM takes in the vault. Reads manifests, indexes and segments, and lists the content once or
 * a few times.
 */
export async function reportUsage(
  vault: Vault,
  { namesAtOnce = NAMES_AT_ONCE }: { namesAtOnce?: number } = {},
): Promise<UsageReport> {
  const { pointIds } = await findRoots(vault, await vault.store.now(), { dryRun: true });
  const usage: Usage = {
    vault,
    vms: new Map(),
    unreadable: new Set(),
    bytesByKind: noBytes(),
    storedBytes: 0,
    unreferencedBytes: 0,
  };
  await sumDisks(usage, pointIds);
  await sumContent(usage, '', namesAtOnce);
  await sumDocuments(usage);
  const { vms, bytesByKind, storedBytes, unreferencedBytes, unreadable } = usage;
  return {
    vms: [...vms.values()].map(({ pointIds: { length: points }, ...sums }) => ({ ...sums, points })),
    bytesByKind,
    storedBytes,
    unreferencedBytes,
    unreadablePoints: [...unreadable].sort(),
  };
}

interface Usage {
  vault: Vault;
  vms: Map<string, Omit<VmUsage, 'points'> & { pointIds: string[] }>;
  unreadable: Set<string>;
  bytesByKind: BytesByKind;
  storedBytes: number;
  unreferencedBytes: number;
}

async function sumDisks({ vault, vms, unreadable }: Usage, pointIds: readonly string[]): Promise<void> {
  const read = async (pointId: string) => ({ pointId, sizeBytes: await sizeOf(vault, pointId) });
  for await (const { pointId, sizeBytes } of orderedParallel(pointIds, READS_AT_ONCE, read)) {
    if (sizeBytes === 'unreadable') unreadable.add(pointId);
    if (typeof sizeBytes === 'string') continue;
    const vmKey = vmKeyOf(pointId);
    const vm = vms.get(vmKey) ?? { vmKey, pointIds: [], logicalBytes: 0, uniqueBytes: 0, sharedBytes: 0 };
    vms.set(vmKey, vm);
    vm.pointIds.push(pointId);
    vm.logicalBytes += sizeBytes;
  }
}

async function sizeOf(vault: Vault, pointId: string): Promise<number | 'unreadable' | 'gone'> {
  try {
    const manifest = await readManifest(vault, pointId);
    return manifest ? sumOf(manifest.disks, ({ sizeBytes }) => sizeBytes) : 'gone';
  } catch (error) {
    if (error instanceof BackupError && !isStorageRefusal(error)) return 'unreadable';
    throw error;
  }
}

/**
 * Works through the content whose names start with `prefix`; splits it by one more digit when its names would
 * not fit.
 */
async function sumContent(usage: Usage, prefix: string, namesAtOnce: number): Promise<void> {
  const owners = createOwners();
  for (const { vmKey, pointIds } of usage.vms.values()) {
    const names = await namesOf(usage, pointIds, prefix, namesAtOnce);
    if (names !== 'too many') owners.add(vmKey, names);
    if (names === 'too many' || owners.size > namesAtOnce) {
      for (const digit of '0123456789abcdef') await sumContent(usage, prefix + digit, namesAtOnce);
      return;
    }
  }
  await countContent(usage, owners, prefix);
  for (const { vms, bytes } of owners.groups()) {
    for (const vmKey of vms) {
      const vm = usage.vms.get(vmKey);
      if (vm) vm[vms.length > 1 ? 'sharedBytes' : 'uniqueBytes'] += bytes;
    }
  }
}

/** The names that points of a VM need, as far as they can be read; point by point where some vanish. */
async function namesOf(
  usage: Usage,
  pointIds: readonly string[],
  prefix: string,
  limit: number,
): Promise<NameSet[] | 'too many'> {
  const marking = await markPoints(usage.vault, pointIds, prefix, limit);
  if ('tooMany' in marking) return 'too many';
  if ('marks' in marking) {
    for (const { pointId } of marking.unreadable) usage.unreadable.add(pointId);
    return [marking.marks];
  }
  if (pointIds.length < 2) return [];
  const sets: NameSet[] = [];
  for (const each of pointIds) {
    const names = await namesOf(usage, [each], prefix, limit);
    if (names === 'too many') return names;
    sets.push(...names);
  }
  return sets;
}

async function countContent(usage: Usage, owners: Owners, prefix: string): Promise<void> {
  for (const folder of CONTENT_FOLDERS) {
    for await (const { name, sizeBytes } of usage.vault.store.list(folder + prefix)) {
      const contentName = name.slice(folder.length);
      if (!isContentName(contentName)) continue;
      usage.bytesByKind[kindOf(name)] += sizeBytes;
      if (owners.count(contentName, sizeBytes)) usage.storedBytes += sizeBytes;
      else usage.unreferencedBytes += sizeBytes;
    }
  }
}

const noBytes = () => Object.fromEntries(KINDS.map((kind) => [kind, 0])) as BytesByKind;
const kindOf = (name: string) => name.slice(0, name.indexOf('/')) as keyof BytesByKind;

/** What is no content: manifests, what people said of points, evidence, notes, the state of runs. */
async function sumDocuments({ vault, bytesByKind }: Usage): Promise<void> {
  for (const kind of KINDS) {
    if (CONTENT_FOLDERS.some((folder) => folder === `${kind}/`)) continue;
    for await (const { sizeBytes } of vault.store.list(`${kind}/`)) bytesByKind[kind] += sizeBytes;
  }
}
