import { backupError } from '../src/failures/failure';

/** What a point is known by. */
export interface KnownPoint {
  pointId: string;
  vmKey: string;
  /** ISO 8601, UTC. */
  snapshotTime: string;
  /** The VM's own name. */
  vmName?: string;
}

/** The point that was meant, or the ones that may have been. */
export type Found<P> = { point: P } | { candidates: P[] };

/**
 * The point that a short name means: its id; or `VM@latest`, `VM@2026-11-20` (the newest of that day, UTC)
 * and `VM@-2` (the second before the newest), where VM is the name of the VM or the beginning of its key.
 * Several VMs of one name are candidates, with their newest points. Throws `RecoveryPointNotFound`.
 */
export function findPointNamed<P extends KnownPoint>(points: readonly P[], name: string): Found<P> {
  const exact = points.find(({ pointId }) => pointId === name);
  if (exact) return { point: exact };
  const [, vm = '', which = ''] = /^([^@]+)@(.+)$/.exec(name) ?? [];
  const ofVm = points.filter(({ vmKey, vmName }) => vmName === vm || vmKey.startsWith(vm));
  const keys = new Set(ofVm.filter(({ vmKey, vmName }) => vmName === vm || vmKey === vm).map((p) => p.vmKey));
  const meant = vm === '' ? [] : keys.size === 1 ? ofVm.filter(({ vmKey }) => keys.has(vmKey)) : ofVm;
  const newestFirst = [...meant].sort((a, b) => Date.parse(b.snapshotTime) - Date.parse(a.snapshotTime));
  const vms = [...new Set(newestFirst.map(({ vmKey }) => vmKey))];
  const candidates = vms.flatMap(
    (key) =>
      choose(
        newestFirst.filter(({ vmKey }) => vmKey === key),
        which,
      ) ?? [],
  );
  const [only] = candidates;
  if (!only)
    throw backupError('RecoveryPointNotFound', `no recovery point is meant by ${JSON.stringify(name)}`);
  return vms.length === 1 ? { point: only } : { candidates };
}

function choose<P extends KnownPoint>(newestFirst: readonly P[], which: string): P | undefined {
  if (which === 'latest') return newestFirst[0];
  if (/^-\d{1,5}$/.test(which)) return newestFirst[-Number(which)];
  if (/^\d{4}-\d\d-\d\d$/.test(which))
    return newestFirst.find(({ snapshotTime }) => new Date(snapshotTime).toISOString().startsWith(which));
  return undefined;
}
