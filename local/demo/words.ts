import type { Job, JobConsistency, JobDisk, TransferMode, WindowsChange } from '../../client/api-types';
import { formatBytes } from '../../client/format-bytes';

/** `os` and `lun-0` of the API, as a person names the disk. */
export const diskInWords = (diskId: string): string =>
  diskId === 'os' ? 'OS disk' : diskId.replace('lun-', 'disk ');

/** The id by which the API names a disk. */
export const diskIdOf = (lun: number): string => (lun === -1 ? 'os' : `lun-${lun}`);

/** The VM that a job is for; maintenance has none. */
export const vmInWords = ({ vmName, kind }: Job): string => vmName ?? kind;

const MODES: Record<TransferMode, string> = {
  full: 'full read',
  checksum: 'comparison',
  'changed-blocks': 'tracking',
};

/** How a backup found what changed. */
export const modeInWords = (mode: TransferMode | undefined): string => (mode ? MODES[mode] : '');

/** Level of a snapshot, with the reason when it is less than was asked. */
export function consistencyInWords({ asked, reached, reason }: JobConsistency): string {
  const level = `${reached}-consistent`;
  return asked === reached || !reason ? level : `${level}, because ${withoutStop(lowerFirst(reason))}`;
}

const CHANGES: Record<WindowsChange['what'], (change: WindowsChange) => string> = {
  vcRedist2013x64: ({ after }) => `Visual C++ 2013 Redistributable (x64) ${after} installed`,
  vssStartMode: ({ before, after }) => `VSS startup type ${startMode(before)} → ${startMode(after)}`,
  iaasVmProvider: ({ after }) => `service IaaSVmProvider added, startup type ${startMode(after)}`,
};

/** One thing that the first backup changed on a Windows VM. */
export const windowsChangeInWords = (change: WindowsChange): string => CHANGES[change.what](change);

/** WMI says `Auto` and `Manual`. */
const startMode = (mode: string | null) =>
  ({ Auto: 'automatic', Manual: 'manual' })[mode ?? ''] ?? mode ?? 'none';

/** What one disk of a backup came to. */
export function transferInWords(disk: JobDisk): string {
  const zeroed = disk.zeroedBytes > 0 ? ` (${formatBytes(disk.zeroedBytes)} zeroed)` : '';
  const changed = `${formatBytes(disk.changedBytes)} changed${zeroed}`;
  const [read, sent, stored] = [disk.readBytes, disk.sentBytes, disk.storedBytes].map(formatBytes);
  return `${read} read, ${changed}, ${sent} sent, ${stored} stored`;
}

/** Seconds to one decimal, as wide as `99.9 s`. */
export const secondsInWords = (milliseconds: number): string =>
  `${(milliseconds / 1000).toFixed(1).padStart(4)} s`;

const lowerFirst = (text: string) =>
  /^[A-Z][a-z]/.test(text) ? (text[0] ?? '').toLowerCase() + text.slice(1) : text;

const withoutStop = (text: string) => text.replace(/\.$/, '');
