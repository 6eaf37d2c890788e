import { conditionsInWords } from '../support/conditions';
import { markdownTable } from '../support/page';
import type { Spread } from '../support/statistics';
import { OWN_NAME } from './names';
import { type DiskName, STEPS } from './steps';
import type { BenchSummary, Cell } from './summary';
import type { TargetRow } from './targets';

const MIB = 2 ** 20;

/** Everything that was measured, as tables in Markdown: one of times for each disk, one of what they cost. */
export function renderFigures(summary: BenchSummary): string {
  const disks = Object.entries(summary.disks) as [DiskName, number][];
  const parts = disks.flatMap(([disk, sizeBytes]) => [
    `### Disk \`${disk}\`, ${sizeBytes / MIB} MiB`,
    'Seconds, median (least–most). The ratio is that of paired runs: below 1 is faster than restic.',
    timesOf(summary, disk),
    'What the data path itself used (medians; peak: the most of all runs):',
    costsOf(summary, disk),
    floorsOf(summary, disk),
  ]);
  return [conditionsInWords(summary.conditions), versionsOf(summary), ...parts].join('\n\n');
}

/** What is promised and what holds. */
export const renderTargets = (rows: TargetRow[]): string =>
  markdownTable(
    ['work', 'target', 'measured', 'holds'],
    rows.map(({ work, target, measured, holds }) => [work, target, measured, verdictOf(holds)]),
  );

const verdictOf = (holds: boolean | undefined) => {
  if (holds === undefined) return '–';
  return holds ? 'yes' : '**no**';
};

function timesOf({ cells, tools }: BenchSummary, disk: DiskName): string {
  const names = Object.keys(tools);
  const rows = STEPS.flatMap(({ id, title }) => {
    const ofStep = cells.filter((cell) => cell.disk === disk && cell.step === id);
    if (ofStep.length === 0) return [];
    const own = ofStep.find(({ tool }) => tool === OWN_NAME);
    const times = names.map((name) => spread(ofStep.find(({ tool }) => tool === name)?.seconds));
    return [[title, ...times, spread(own?.ratios.restic)]];
  });
  return markdownTable(['step', ...names, 'ratio to restic'], rows);
}

function costsOf({ cells }: BenchSummary, disk: DiskName): string {
  const rows = STEPS.flatMap(({ id, title }) => {
    const own = cells.find((cell) => cell.disk === disk && cell.step === id && cell.tool === OWN_NAME);
    return own ? [[title, ...costs(own)]] : [];
  });
  const restic = STEPS.flatMap(({ id, title }) => {
    const peer = cells.find((cell) => cell.disk === disk && cell.step === id && cell.tool === 'restic');
    return peer ? [[`restic: ${title}`, ...costs(peer)]] : [];
  });
  const head = [
    'step',
    'read MiB',
    'changed MiB',
    'uploaded MiB',
    'stored MiB',
    'requests',
    'CPU s',
    'Azurite CPU s',
  ];
  return markdownTable([...head, 'emulator CPU s', 'peak MiB'], [...rows, ...restic]);
}

function costs(cell: Cell): string[] {
  const { counts } = cell;
  const mib = (bytes: number | undefined) => (bytes === undefined ? '' : (bytes / MIB).toFixed(1));
  return [
    mib(counts?.readBytes),
    mib(counts?.changedBytes),
    mib(counts?.sentPlainBytes),
    mib(cell.storedBytes),
    cell.requests.toFixed(0),
    cell.cpuSeconds.median.toFixed(1),
    cell.azuriteCpuSeconds.toFixed(1),
    cell.emulatorCpuSeconds.toFixed(1),
    mib(cell.peakBytes),
  ];
}

function floorsOf({ cells }: BenchSummary, disk: DiskName): string {
  const floor = (step: Cell['step']) =>
    spread(cells.find((cell) => cell.disk === disk && cell.step === step)?.seconds);
  const full = cells.find(
    ({ disk: name, step, tool }) => name === disk && step === 'full' && tool === OWN_NAME,
  );
  return [
    `Azurite alone, driven by a bare HTTP client: the bytes of the first backup in 4 MiB blobs ${floor('floor-4mib')} s`,
    `(the first backup takes ${spread(full?.ratios['floor-4mib'])} times that), in the very blobs that the backup makes`,
    `${floor('floor-same-blobs')} s, and back ${floor('floor-get')} s.`,
  ].join(' ');
}

const spread = (value: Spread | undefined): string =>
  value === undefined ? '' : `${value.median.toFixed(2)} (${value.min.toFixed(2)}–${value.max.toFixed(2)})`;

const versionsOf = ({ tools }: BenchSummary): string =>
  Object.entries(tools)
    .map(([name, version]) => `${name}: ${version}`)
    .join('; ');
