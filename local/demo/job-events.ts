import type { Job, JobDisk } from '../../client/api-types';
import { formatBytes } from '../../client/format-bytes';
import { consistencyInWords, diskInWords, transferInWords, vmInWords, windowsChangeInWords } from './words';

/** Something that happened in a job, for people who watch. */
export interface JobEvent {
  vm: string;
  text: string;
  tone: 'plain' | 'good' | 'caution' | 'bad';
}

/** What the job's own document does not say about its VM. */
export interface VmFacts {
  os: 'Windows' | 'Linux';
  running: boolean;
  /** Whether its policy keeps the newest snapshot for instant restore. */
  keepsSnapshot: boolean;
}

const PHASES = ['inspect', 'extension', 'snapshot', 'transfer', 'remove-snapshot', 'commit'];

/**
 * What happened between two looks at a job, in the order of the process, however far it got
 * between them. Nothing is told twice.
 */
export function eventsBetween(before: Job | undefined, after: Job, facts: VmFacts): JobEvent[] {
  const events: JobEvent[] = [];
  const tell = (text: string, tone: JobEvent['tone'] = 'plain') =>
    events.push({ vm: vmInWords(after), text, tone });

  if (!before) tell(started(after));
  if (after.kind === 'backup') {
    tellExtension(before, after, facts, tell);
    tellSnapshot(before, after, facts, tell);
    tellWindowsChanges(before, after, tell);
  }
  for (const disk of after.disks) tellDisk(before, after, disk, tell);
  for (const warning of after.warnings.slice(before?.warnings.length ?? 0)) tell(warning, 'caution');
  if (after.kind === 'backup') tellEndOfBackup(before, after, facts, tell);
  if (after.state === 'Failed' && before?.state !== 'Failed') tell(failureInWords(after), 'bad');
  return events;
}

type Tell = (text: string, tone?: JobEvent['tone']) => void;

function started({ kind, trigger }: Job): string {
  const what = kind === 'backup' ? 'backup' : 'restore to new managed disks';
  return trigger === 'schedule' ? `${what} started by the timer trigger` : `${what} started`;
}

function tellExtension(before: Job | undefined, after: Job, { running }: VmFacts, tell: Tell): void {
  if (!running && passed(before, after, 'extension')) tell('not running: it gets no extension');
  if (after.extension && !before?.extension) {
    const { name, installed, version } = after.extension;
    if (installed === 'installed') tell(`extension ${name}${version ? ` ${version}` : ''} installed`);
    else if (installed === 'already') tell(`extension ${name} is installed already`);
    else if (installed === 'by-platform') tell(`extension ${name} is left to the platform to install`);
  }
}

function tellWindowsChanges(before: Job | undefined, after: Job, tell: Tell): void {
  if (before?.windowsChanges) return;
  for (const change of after.windowsChanges ?? []) tell(`recorded: ${windowsChangeInWords(change)}`);
}

/**
 * Less than was asked is the way it goes for Linux without scripts and for a VM that is off;
 * on a running Windows it is not.
 */
function tellSnapshot(before: Job | undefined, after: Job, { os, running }: VmFacts, tell: Tell): void {
  if (!after.consistency || before?.consistency) return;
  const { asked, reached } = after.consistency;
  const fellBack = asked !== reached && os === 'Windows' && running;
  tell(`snapshot taken, ${consistencyInWords(after.consistency)}`, fellBack ? 'caution' : 'plain');
}

function tellDisk(before: Job | undefined, after: Job, disk: JobDisk, tell: Tell): void {
  if (disk.state !== 'done') return;
  if (before?.disks.some(({ diskId, state }) => diskId === disk.diskId && state === 'done')) return;
  if (after.kind === 'backup') {
    tell(`${diskInWords(disk.diskId)}: ${transferInWords(disk)}`);
    return;
  }
  const restored = after.restoredDisks?.find(({ diskId }) => diskId === disk.diskId)?.name;
  // A point that still has its snapshot is restored by Azure itself: nothing is read from the vault.
  const from = disk.readBytes === 0 ? 'its snapshot' : formatBytes(disk.readBytes);
  tell(`${from} → ${restored ?? disk.name}`);
}

function tellEndOfBackup(before: Job | undefined, after: Job, { keepsSnapshot }: VmFacts, tell: Tell): void {
  if (passed(before, after, 'remove-snapshot')) {
    tell(keepsSnapshot ? 'snapshot kept for instant restore' : 'snapshot removed');
  }
  if (after.recoveryPoint && !before?.recoveryPoint) tell('recovery point created', 'good');
}

/**
 * Whether the job has left a phase behind since the look before; what failed
 * never gets to the phases after it.
 */
function passed(before: Job | undefined, after: Job, phase: string): boolean {
  const place = PHASES.indexOf(phase);
  const isBehind = (job: Job | undefined) =>
    job !== undefined && (PHASES.indexOf(job.phase ?? '') > place || job.recoveryPoint !== undefined);
  return isBehind(after) && !isBehind(before);
}

function failureInWords({ error }: Job): string {
  if (!error) return 'failed';
  return `failed in the step "${error.step}": ${error.message} (${error.code}). ${error.remedy}`;
}
