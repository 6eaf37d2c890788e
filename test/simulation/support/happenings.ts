/**
 * All that happens to the fleet in the scenario; a run in which one of them did not happen has shown less
 * than it says.
 */
const KINDS = [
  'a VM came',
  'a VM went',
  'a VM was stopped',
  'a guest wrote',
  'a policy changed',
  'protection ended, points stayed',
  'protection ended, points went',
  'the host was restarted while backups ran',
  'an hour was skipped at a due time',
  'an hour was repeated at a due time',
  'several due times became one backup',
  'a backup on demand',
  'a full backup',
  'a backup by checksum',
  'a backup by changed blocks',
  'an application-consistent backup',
  'a file-system-consistent backup',
  'a point was kept by its week alone',
  'a point was kept by its month alone',
  'a point was kept by its term alone',
  'a point went that its day had kept',
  'a point went that its week had kept',
  'a point went that its month had kept',
  'a point went that its term had kept',
  'a snapshot went before its point',
  'a deleted point was purged',
  'garbage was freed',
  'histories were purged',
] as const;

export type Kind = (typeof KINDS)[number];

/** Counts what happened in a run. */
export function countHappenings() {
  const counts = new Map<Kind, number>();
  return {
    note(kind: Kind, times = 1): void {
      if (times > 0) counts.set(kind, (counts.get(kind) ?? 0) + times);
    },
    missing: (): Kind[] => KINDS.filter((kind) => !counts.has(kind)),
    summary: (): string => KINDS.map((kind) => `${kind}: ${counts.get(kind) ?? 0}`).join('\n'),
  };
}

export type Happenings = ReturnType<typeof countHappenings>;

/** What the record of a backup tells of how it was made. */
export interface BackupJob {
  consistency: { reached: string };
  disks: { mode: keyof typeof MODES }[];
}

const MODES = {
  full: 'a full backup',
  checksum: 'a backup by checksum',
  'changed-blocks': 'a backup by changed blocks',
} as const;

export function noteBackup(happened: Happenings, { consistency, disks }: BackupJob): void {
  for (const mode of new Set(disks.map((disk) => disk.mode))) happened.note(MODES[mode]);
  if (consistency.reached === 'application') happened.note('an application-consistent backup');
  if (consistency.reached === 'file-system') happened.note('a file-system-consistent backup');
}
