import { statSync } from 'node:fs';
import path from 'node:path';
import type { DamagedRange } from '../../direct/export/damage';
import type { ExportedDisk } from '../../direct/export/export-disk';
import type { Vault } from '../../direct/open-vault';
import type { Session } from '../command/session';
import { byteProgress } from '../direct/byte-progress';
import { pointIn } from '../direct/find-in-vault';
import { inVault } from '../direct/in-vault';
import { library } from '../direct/load-library';
import { EXIT } from '../ending/exit-codes';
import { Refused } from '../ending/refused';
import { diskOf } from '../names/find-disk';
import type { Column } from '../output/column';
import { sizeColumn } from '../output/figure-columns';
import { size } from '../output/people';

export interface ExportOptions {
  disk?: string;
  to: string;
  format: 'raw' | 'vhd';
  resume?: boolean;
  skipDamaged?: boolean;
  strict?: boolean;
  digest?: boolean;
}

/** What an export ends with, as JSON. */
interface Exported extends Pick<ExportedDisk, 'sizeBytes' | 'sha256' | 'fetchedBytes' | 'damage'> {
  point: string;
  disk: string;
  /** Absent for an upload: its address is a secret. */
  file?: string;
  reusedBytes?: number;
}

const FIELDS: Column<Exported>[] = [
  { name: 'point', title: 'Recovery point', value: ({ point }) => point },
  { name: 'disk', title: 'Disk', value: ({ disk }) => disk },
  { name: 'file', title: 'File', value: ({ file }) => file },
  sizeColumn('sizeBytes', 'Size', ({ sizeBytes }) => sizeBytes),
  sizeColumn('fetchedBytes', 'Read from the vault', ({ fetchedBytes }) => fetchedBytes),
  sizeColumn('reusedBytes', 'Was there', ({ reusedBytes }) => reusedBytes),
  { name: 'damage', title: 'Damaged places', value: ({ damage }) => damage.length || undefined },
  { name: 'sha256', title: 'SHA-256', value: ({ sha256 }) => sha256 },
];

/** One export, as the ways to do it see it. */
interface Asked {
  vault: Vault;
  pointId: string;
  diskId: string;
  options: ExportOptions;
  signal: AbortSignal;
  onProgress: (progress: { doneBytes: number; totalBytes: number }) => void;
}

/** What came of it: all of it, or which places cannot be read. */
type Outcome =
  | { exported: Omit<Exported, 'point' | 'disk'> }
  | { refused: { words: string; remedy: string; damage: readonly DamagedRange[] } };

/** A disk of a point as a file, on stdout, or uploaded to a managed disk. */
export async function exportPoint(session: Session, text: string, options: ExportOptions): Promise<void> {
  const way = wayTo(options);
  await inVault(session, way.leftover, async (vault, signal) => {
    const point = await pointIn(vault, text);
    const disk = diskOf(point, options.disk);
    const progress = byteProgress(`${point.id}/${disk.diskId}`);
    const onProgress: Asked['onProgress'] = ({ doneBytes, totalBytes }) =>
      progress.update(doneBytes, totalBytes);
    const asked = { vault, pointId: point.id, diskId: disk.diskId, options, signal, onProgress };
    const outcome = await way.go(asked).finally(() => progress.end());
    if ('refused' in outcome) {
      const { words, remedy, damage } = outcome.refused;
      throw new Refused(EXIT.damaged, [words, ...places(damage)].join('\n'), remedy);
    }
    const exported: Exported = { point: point.id, disk: disk.diskId, ...outcome.exported };
    if (options.to === '-') session.say(`SHA-256 ${exported.sha256}`);
    else session.show(exported, FIELDS);
    if (exported.damage.length === 0) return;
    session.say(['What could not be read is zeros now:', ...places(exported.damage)].join('\n'));
    if (options.strict) session.endWith(EXIT.warnings);
  });
}

interface Way {
  go: (asked: Asked) => Promise<Outcome>;
  leftover: string;
}

function wayTo({ to, format, resume }: ExportOptions): Way {
  const isUpload = /^https?:\/\//i.test(to);
  if (resume && (isUpload || to === '-'))
    throw new Refused(EXIT.usage, '--resume is for files.', 'Without it: an upload may simply be repeated.');
  if (isUpload) return { go: upload, leftover: 'The disk has no footer yet: upload to it again.' };
  if (to !== '-') return { go: intoFile, leftover: 'What was written is kept: --resume goes on with it.' };
  if (format === 'vhd') throw new Refused(EXIT.usage, 'A VHD goes to a file, not to stdout.');
  return { go: toStdout, leftover: '' };
}

async function intoFile({ options, ...asked }: Asked): Promise<Outcome> {
  const { exportDisk } = library();
  const file = fileFor(asked, options);
  const done = await exportDisk(asked.vault, { ...asked, ...options, file });
  if (done.ok) {
    const { ok: _, ...exported } = done;
    return { exported };
  }
  const { code, message, remedy } = done.failure;
  const words = `${code}: ${message}\nWhat can be read is in ${done.partial}.`;
  return {
    refused: { words, remedy: `${remedy}\nThat is --skip-damaged and --resume.`, damage: done.damage },
  };
}

async function upload({ options, ...asked }: Asked): Promise<Outcome> {
  const { uploadDisk } = library();
  const done = await uploadDisk(asked.vault, { ...asked, ...options, link: options.to });
  if (done.ok) {
    const { ok: _, ...exported } = done;
    return { exported };
  }
  const { code, message, remedy } = done.failure;
  return { refused: { words: `${code}: ${message}`, remedy, damage: done.damage } };
}

async function toStdout({ options, ...asked }: Asked): Promise<Outcome> {
  const { streamDisk } = library();
  if (process.stdout.isTTY)
    throw new Refused(EXIT.usage, 'A disk is not for the terminal.', 'Send it to a file or a program.');
  // What nobody takes any more must not keep the command waiting.
  asked.signal.addEventListener('abort', () => process.stdout.destroy(), { once: true });
  return { exported: { ...(await streamDisk(asked.vault, { ...asked, ...options }, process.stdout)) } };
}

/** In a folder, a file of its own. */
function fileFor(
  { pointId, diskId }: Pick<Asked, 'pointId' | 'diskId'>,
  { to, format }: ExportOptions,
): string {
  if (!statSync(to, { throwIfNoEntry: false })?.isDirectory()) return to;
  return path.join(to, `${pointId}-${diskId}.${format === 'vhd' ? 'vhd' : 'img'}`);
}

const places = (damage: readonly DamagedRange[]): string[] =>
  damage.map(({ offset, length, object }) => `  ${offset}+${length}  (${size(length)}, ${object})`);
