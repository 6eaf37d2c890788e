import type { CopyReport } from '../../direct/copy/copy-vault';
import type { Session } from '../command/session';
import { EXIT } from '../ending/exit-codes';
import type { Column } from '../output/column';
import { sizeColumn } from '../output/figure-columns';
import { count, size } from '../output/people';
import { byteProgress } from './byte-progress';
import { idsOf } from './check';
import { inVault } from './in-vault';
import { library } from './load-library';

const FIELDS: Column<CopyReport>[] = [
  { name: 'points', title: 'Points', value: ({ points }) => points },
  { name: 'copied', title: 'Copied now', value: ({ copied }) => copied.length },
  { name: 'present', title: 'There before', value: ({ present }) => present.length },
  { name: 'copiedBlobs', title: 'Objects', value: ({ copiedBlobs }) => copiedBlobs },
  sizeColumn('copiedBytes', 'Bytes', ({ copiedBytes }) => copiedBytes),
  { name: 'refused', title: 'Not copied', value: ({ refused }) => refused.length || undefined },
];

/** Copies points to another folder or container, all when none is named: only what is missing there. */
export const copyPoints = (session: Session, texts: readonly string[], to: string): Promise<void> =>
  inVault(session, 'What was copied stays: the same command goes on.', async (vault, signal) => {
    const { copyVault, placeAt } = library();
    const pointIds = texts.length > 0 ? await idsOf(vault, texts) : undefined;
    const progress = byteProgress('Copying', process.stderr, (points) => count(Math.round(points), 'point'));
    const report = await copyVault(vault, placeAt(to), {
      pointIds,
      signal,
      onProgress: ({ donePoints, points, copiedBytes }) =>
        progress.update(donePoints, points, size(copiedBytes)),
    }).finally(() => progress.end());
    const refused = report.refused.map(
      ({ pointId, failure }) => `${pointId} is not copied. ${failure.code}: ${failure.message}`,
    );
    session.show(report, FIELDS, refused.length > 0 ? [refused.join('\n')] : []);
    if (refused.length > 0) session.endWith(EXIT.damaged);
  });
