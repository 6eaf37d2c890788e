import type { Random } from '../../../support/seeded-random';
import type { StorageFault } from '../storage-faults';

/** A fault of the compute emulator, as its route takes it. */
export interface AzureFault {
  operation: string;
  count: number | null;
  skip: number;
  effect: object;
}

/** What happens to a run while it is at work. */
export const RUN_TROUBLES = ['restart', 'terminate', 'cancel', 'lose the hub', 'lose a record'] as const;
export type RunTrouble = (typeof RUN_TROUBLES)[number];

/** What takes time in Azure. */
const LONG_OPERATIONS = [
  'restorePointCollections.createOrUpdate',
  'restorePoints.create',
  'restorePoints.delete',
  'diskRestorePoint.grantAccess',
  'diskRestorePoint.revokeAccess',
  'virtualMachineExtensions.*',
  'virtualMachines.runCommand',
  'disks.createOrUpdate',
  'disks.grantAccess',
  'disks.revokeAccess',
  'disks.delete',
  'networkInterfaces.*',
  'virtualMachines.createOrUpdate',
  'virtualMachines.deallocate',
  'virtualMachines.start',
  'virtualMachines.delete',
  'snapshots.*',
] as const;
const QUESTIONS = [
  'virtualMachines.get',
  'virtualMachines.instanceView',
  'virtualMachines.listAll',
  'restorePoints.get',
  'restorePointCollections.get',
  'disks.get',
  '*',
] as const;
const PAGES = ['blob.download', 'blob.getPageRanges', 'blob.getPageRangesDiff', 'blob.uploadPages'] as const;

const refusal = (status: number, code: string) => ({ kind: 'refuse', status, code, message: 'Not now.' });
const REFUSALS = [
  { ...refusal(429, 'TooManyRequests'), retryAfterSeconds: 7 },
  refusal(500, 'InternalServerError'),
  refusal(503, 'ServiceUnavailable'),
  refusal(409, 'OperationPreempted'),
  refusal(403, 'AuthorizationFailed'),
] as const;
const ENDINGS = [
  { kind: 'fail-operation', code: 'InternalServerError', message: 'Something went wrong.' },
  {
    kind: 'fail-operation',
    code: 'InternalExecutionError',
    message: 'An internal execution error occurred.',
  },
  { kind: 'fail-operation', code: 'NetworkingInternalOperationError', message: 'Unknown network error.' },
  { kind: 'fail-operation', code: 'OperationNotAllowed', message: 'This is not allowed.' },
] as const;
const LOCK = refusal(409, 'ScopeLocked');
const OF_PAGES = [
  refusal(503, 'ServerBusy'),
  { kind: 'cut', afterBytes: 20_000 },
  { kind: 'truncate', missingBytes: 512 },
  { kind: 'expire' },
] as const;

/** Something that goes wrong in Azure, a few times, after so many requests that go well. */
export function azureTrouble(random: Random): AzureFault {
  const times = { count: random.between(1, 4), skip: random.between(0, 4) };
  if (random.chance(0.2)) return { operation: random.pick(PAGES), ...times, effect: random.pick(OF_PAGES) };
  if (random.chance(0.15))
    return { operation: random.pick(QUESTIONS), ...times, effect: random.pick(REFUSALS) };
  const operation = random.pick(LONG_OPERATIONS);
  // Somebody locked the group, until the day is over.
  if (operation.endsWith('delete') && random.chance(0.4))
    return { operation, skip: 0, count: null, effect: LOCK };
  if (random.chance(0.2)) {
    return { operation, ...times, effect: { kind: 'late', seconds: random.between(5, 1200) } };
  }
  return { operation, ...times, effect: random.chance(0.6) ? random.pick(ENDINGS) : random.pick(REFUSALS) };
}

const STORAGE_REFUSALS = [
  { kind: 'refuse', status: 403, code: 'AuthorizationPermissionMismatch' },
  { kind: 'refuse', status: 403, code: 'KeyBasedAuthenticationNotPermitted' },
  { kind: 'refuse', status: 404, code: 'ContainerNotFound' },
  { kind: 'refuse', status: 409, code: 'BlobArchived' },
  { kind: 'refuse', status: 503, code: 'ServerBusy' },
  { kind: 'refuse', status: 500, code: 'InternalError' },
  { kind: 'reset' },
  { kind: 'lose-answer' },
  { kind: 'cut' },
  { kind: 'flip' },
] as const;
const PREFIXES = [
  '',
  'chunks/',
  'packs/',
  'digests/',
  'segments/',
  'indexes/',
  'points/',
  'runs/',
  'jobs/',
  'protection/',
  'policies/',
  'captures/',
  'progress/',
  'starts/',
  'tombstones/',
] as const;

/**
 * The storage says no for a while, or loses something on the way. Bytes that change on the way do so once: a
 * second look finds them sound.
 */
export function storageTrouble(random: Random): StorageFault {
  const effect = random.pick(STORAGE_REFUSALS);
  const code = effect.kind === 'refuse' ? effect.code : undefined;
  const ofReads = effect.kind === 'flip' || effect.kind === 'cut' || code === 'BlobArchived';
  const isForAWhile = code === 'KeyBasedAuthenticationNotPermitted' || code === 'ContainerNotFound';
  return {
    method: ofReads ? 'GET' : random.pick(['*', 'GET', 'PUT', 'DELETE', 'HEAD'] as const),
    prefix: random.pick(PREFIXES),
    skip: random.between(0, 120),
    count: isForAWhile ? random.between(1, 60) : random.between(1, 2),
    effect,
  };
}
