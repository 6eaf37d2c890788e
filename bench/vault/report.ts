import { markdownTable } from '../support/page';
import type { Check, Figure, VaultFigures } from './measure';

const MIB = 2 ** 20;
const mib = (bytes: number): string => (bytes / MIB).toFixed(1);

/** What was measured, then every promise with its bound: two tables in Markdown. */
export const renderVault = ({ figures, checks }: VaultFigures): string =>
  `${renderFigures(figures)}\n\n${renderChecks(checks)}`;

const renderFigures = (figures: readonly Figure[]): string =>
  markdownTable(
    ['disk', 'backup', 'seconds', 'read MiB', 'changed MiB', 'uploaded MiB', 'stored MiB', 'requests'],
    figures.map(({ disk, work, seconds, changedBytes, counts }) => [
      disk,
      work,
      seconds.toFixed(1),
      mib(counts.readBytes),
      mib(changedBytes),
      mib(counts.sentPlainBytes),
      mib(counts.storedBytes),
      String(counts.requests),
    ]),
  );

const renderChecks = (checks: readonly Check[]): string =>
  markdownTable(
    ['disk', 'backup', 'what', 'measured', 'bound', 'holds'],
    checks.map(({ disk, work, what, value, bound, holds }) => [
      disk,
      work,
      what,
      plain(value),
      `≤ ${bound}`,
      holds ? 'yes' : '**no**',
    ]),
  );

const plain = (value: number): string => (Number.isInteger(value) ? String(value) : value.toFixed(4));
