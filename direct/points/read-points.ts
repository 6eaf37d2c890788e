import { describePoint, type PointDescription } from '../../src/api/describe-point';
import type { Failure } from '../../src/failures/failure';
import {
  type DeletedPoint,
  readKeepings,
  readPoint,
  surveyDeleted,
  surveyPoints,
  undeleteUntil,
} from '../../src/vault/points';
import type { Vault } from '../../src/vault/vault';

/** A VM that has points in the vault, as its newest point knew it. */
export interface VmOfPoints {
  key: string;
  /** Its key where the point does not tell its name. */
  name: string;
  resourceGroup: string;
}

/** The points of a vault, as the HTTP API describes them, oldest first. */
export interface PointsOfVault {
  recoveryPoints: PointDescription[];
  /** Points whose manifest cannot be read, and why. */
  refused: { pointId: string; failure: Failure }[];
  /** In the order of their keys. */
  vms: VmOfPoints[];
}

/**
 * Reads what points there are. What Azure knows of them is not asked: whether a kept snapshot is still there
 * is not told.
 * @param deleted also those that can be undeleted; a copy of a vault knows of none
 */
export async function readPoints(vault: Vault, { deleted = false } = {}): Promise<PointsOfVault> {
  const { points, refused } = await surveyPoints(vault);
  const vms = new Map<string, VmOfPoints>();
  for (const { vmKey, vm } of points)
    vms.set(vmKey, { key: vmKey, name: text(vm.name) ?? vmKey, resourceGroup: text(vm.resourceGroup) ?? '' });
  const described: PointDescription[] = [];
  for (const key of vms.keys()) {
    const keepings = await readKeepings(vault, key);
    for (const point of points.filter(({ vmKey }) => vmKey === key))
      described.push(describePoint(point, { snapshotThere: false, keeping: keepings.get(point.pointId) }));
  }
  if (deleted) for (const key of vms.keys()) described.push(...(await deletedOf(vault, key)));
  return {
    recoveryPoints: described.sort(byTime),
    refused,
    vms: [...vms.values()].sort((a, b) => (a.key < b.key ? -1 : 1)),
  };
}

/** A point by its id. Throws `RecoveryPointNotFound`, and what is wrong with it. */
export async function readOnePoint(vault: Vault, pointId: string): Promise<PointDescription> {
  const point = await readPoint(vault, pointId);
  const keepings = await readKeepings(vault, point.vmKey);
  return describePoint(point, { snapshotThere: false, keeping: keepings.get(pointId) });
}

async function deletedOf(vault: Vault, vmKey: string): Promise<PointDescription[]> {
  const deleted: DeletedPoint[] = await surveyDeleted(vault, vmKey);
  return deleted.map(({ point, tombstone: { deletedAt: at, by, reason } }) =>
    describePoint(point, {
      snapshotThere: false,
      deleted: { at, by, reason, undeleteUntil: undeleteUntil(vault, at) },
    }),
  );
}

const byTime = (a: PointDescription, b: PointDescription) =>
  Date.parse(a.time) - Date.parse(b.time) || (a.id < b.id ? -1 : 1);

/** What a manifest says of a VM is opaque to the vault. */
const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;
