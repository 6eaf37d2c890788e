import type { CheckReport } from '../../direct/check/check-vault';
import type { Vault } from '../../direct/open-vault';
import type { Session } from '../command/session';
import { EXIT } from '../ending/exit-codes';
import type { Column } from '../output/column';
import { count, size } from '../output/people';
import { byteProgress } from './byte-progress';
import { pointIn } from './find-in-vault';
import { inVault } from './in-vault';
import { library } from './load-library';

const FIELDS: Column<CheckReport>[] = [
  {
    name: 'sound',
    title: 'Sound',
    value: ({ sound }) => sound,
    people: ({ sound }) => (sound ? 'yes: every point can be restored whole' : 'no'),
  },
  { name: 'points', title: 'Points', value: ({ points }) => points },
  { name: 'checkedChunks', title: 'Chunks read back', value: ({ checkedChunks }) => checkedChunks },
  { name: 'damaged', title: 'Damaged disks', value: ({ damaged }) => damaged.length || undefined },
  {
    name: 'refused',
    title: 'Points that cannot be read',
    value: ({ refused }) => refused.length || undefined,
  },
];

/** Reads points of a vault back, all when none is named; ends with the code of damage where there is some. */
export const checkPoints = (session: Session, texts: readonly string[], address?: string): Promise<void> =>
  inVault(session, 'Nothing was changed.', (vault, signal) => check(session, vault, { texts, signal }), {
    address,
  });

interface Check {
  texts: readonly string[];
  signal: AbortSignal;
}

async function check(session: Session, vault: Vault, { texts, signal }: Check): Promise<void> {
  const pointIds = texts.length > 0 ? await idsOf(vault, texts) : undefined;
  const progress = byteProgress('Reading back', process.stderr, (points) =>
    count(Math.round(points), 'point'),
  );
  const { checkVault } = library();
  const report = await checkVault(vault, {
    pointIds,
    signal,
    onProgress: ({ donePoints, points, checkedChunks }) =>
      progress.update(donePoints, points, `${checkedChunks} chunks`),
  }).finally(() => progress.end());
  session.show(report, FIELDS, damageWords(report));
  if (!report.sound) session.endWith(EXIT.damaged);
}

export async function idsOf(vault: Vault, texts: readonly string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const text of texts) ids.push((await pointIn(vault, text)).id);
  return [...new Set(ids)];
}

function damageWords({ damaged, refused }: CheckReport): string[] {
  const disks = damaged.flatMap(({ pointId, diskId, damagedBytes, damage }) => [
    `${pointId}/${diskId}: ${size(damagedBytes)} cannot be read`,
    ...damage.map(({ offset, length, object, code }) => `  ${offset}+${length}  ${code}  ${object}`),
  ]);
  const points = refused.map(({ pointId, failure }) => `${pointId}: ${failure.code}: ${failure.message}`);
  const all = [...disks, ...points].join('\n');
  return all === '' ? [] : [all];
}
