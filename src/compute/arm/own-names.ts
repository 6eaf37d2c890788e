import { createHash } from 'node:crypto';
import { brokenInvariant } from '../../failures/failure';

/** The tag that everything made by this system carries; its value is the name of the installation. */
export const OWN_TAG = 'durable-vm-backup';
/** The tag that says for which job something was made. */
export const JOB_TAG = 'durable-vm-backup-job';
/** The tag that says what a restored disk holds: `POINT/DISK`. */
export const RESTORED_TAG = 'durable-vm-backup-restored';
/**
 * The tag that says which disk a restored one stands for: the unique id of the one that was backed up first,
 * however often it has been restored since.
 */
export const DISK_TAG = 'durable-vm-backup-disk';
/**
 * The tag on what a restore makes, for as long as it is at work: its value is the name of the very thing, so
 * that no copy of its tags says the same of anything else. Taken off once the restore is complete.
 */
export const HALF_MADE_TAG = 'durable-vm-backup-half-made';
/** The tag that says of which VM a disk snapshot is: disks may move between VMs. */
export const VM_TAG = 'durable-vm-backup-vm';

const hex8 = (...parts: string[]): string =>
  createHash('sha256').update(parts.join('\n').toLowerCase()).digest('hex').slice(0, 8);

/** A name as lower-case letters, digits and single hyphens. */
const slug = (name: string, maxLength: number): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, maxLength)
    .replace(/^-+|-+$/g, '');

/**
 * The key of a VM in the vault: readable, safe in names, and another one when a VM of the same name is made
 * anew. A VM that moves to another resource group or subscription keeps it, as Azure keeps its `vmId`.
 * Grammar `[a-z0-9][a-z0-9-]{0,62}`; at most 40 characters, so that job ids made of it still fit names
 * of Azure.
 */
export const vmKey = (name: string, vmId: string): string => `${slug(name, 31) || 'vm'}-${hex8(vmId)}`;

/** The restore point collection of a VM: one per VM and installation, and another one for a VM made anew. */
export const collectionName = (
  name: string,
  resourceId: string,
  vmId: string,
  installation: string,
): string => `dvb-${slug(name, 31) || 'vm'}-${hex8(resourceId, vmId, installation)}`;

/** What a restore point's name tells. */
export interface PointName {
  jobId: string;
  attempt: number;
  crash: boolean;
}

/** Restore points carry no tags, so the name has to tell whose they are. */
const POINT_NAME = /^([a-z0-9][a-z0-9.-]{0,71})_(\d{1,3})(c?)$/i;

/** The name of the restore point of one attempt of a job; Azure allows 80 characters. */
export function pointName({ jobId, attempt, crash }: PointName): string {
  const name = `${jobId}_${attempt}${crash ? 'c' : ''}`;
  if (!POINT_NAME.test(name))
    throw brokenInvariant(`The job id "${jobId}" does not fit the name of a restore point.`);
  return name;
}

/** The opposite of `pointName`; undefined for names of somebody else. */
export function parsePointName(name: string): PointName | undefined {
  const [, jobId, attempt, crash] = POINT_NAME.exec(name) ?? [];
  return jobId ? { jobId, attempt: Number(attempt), crash: crash !== '' } : undefined;
}
