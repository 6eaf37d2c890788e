import type { TransferCounts } from '../../src/vault/format/counts';
import type { Conditions } from '../support/conditions';
import { totalOf } from '../support/counted-azurite';
import { groupBy, pairedRatios, type Spread, spreadOf } from '../support/statistics';
import type { DiskName, Sample } from './steps';

/** Everything that one run measured. */
export interface BenchResult {
  conditions: Conditions;
  /** Versions of whoever was measured. */
  tools: Record<string, string>;
  /** Sizes of the disks in bytes. */
  disks: Partial<Record<DiskName, number>>;
  samples: Sample[];
}

/** All repeats of one step of one tool on one disk. */
export interface Cell {
  disk: DiskName;
  step: Sample['step'];
  tool: string;
  seconds: Spread;
  cpuSeconds: Spread;
  azuriteCpuSeconds: number;
  emulatorCpuSeconds: number;
  peakBytes: number;
  requests: number;
  storedBytes: number;
  /** Wall time as a share of each other tool's in the same repeat. */
  ratios: Record<string, Spread>;
  counts?: TransferCounts;
  spans?: Record<string, number>;
}

/** What is published of a run: medians with their spread. */
export type BenchSummary = Omit<BenchResult, 'samples'> & { cells: Cell[] };

/** Brings the samples of a run together. */
export function summarize({ samples, ...rest }: BenchResult): BenchSummary {
  const groups = groupBy(samples, ({ disk, step, tool }) => `${disk} ${step} ${tool}`);
  return { ...rest, cells: [...groups.values()].map((group) => cellOf(group, samples)) };
}

function cellOf(group: Sample[], all: Sample[]): Cell {
  const [first] = group;
  if (!first) throw new Error('A group of samples is never empty.');
  const { disk, step, tool } = first;
  const median = (value: (sample: Sample) => number) => spreadOf(group.map(value)).median;
  const details = group.at(-1)?.details;
  return {
    disk,
    step,
    tool,
    seconds: spreadOf(group.map(({ seconds }) => seconds)),
    cpuSeconds: spreadOf(group.map(({ usage }) => usage.cpuSeconds)),
    azuriteCpuSeconds: median(({ azuriteCpuSeconds }) => azuriteCpuSeconds),
    emulatorCpuSeconds: median(({ emulatorCpuSeconds }) => emulatorCpuSeconds),
    peakBytes: Math.max(...group.map(({ usage }) => usage.peakBytes)),
    requests: median(({ requests }) => totalOf(requests)),
    storedBytes: median(({ storedBytes }) => storedBytes),
    ratios: ratiosTo(group, all),
    counts: details?.summary?.counts,
    spans: details?.spans,
  };
}

/** The floors count as tools of the first backup: `Azurite alone, 4 MiB`. */
function ratiosTo(group: Sample[], all: Sample[]): Record<string, Spread> {
  const [first] = group;
  if (!first) return {};
  const ratios: Record<string, Spread> = {};
  const others = groupBy(
    all.filter(
      ({ disk, step, tool }) => disk === first.disk && isComparable(first, step) && tool !== first.tool,
    ),
    ({ step, tool }) => (step.startsWith('floor') ? step : tool),
  );
  for (const [name, samples] of others) {
    const pairs = group.flatMap((mine) => {
      const other = samples.find(({ repeat }) => repeat === mine.repeat);
      return other ? [[mine.seconds, other.seconds] as const] : [];
    });
    if (pairs.length === 0) continue;
    ratios[name] = pairedRatios(
      pairs.map(([mine]) => mine),
      pairs.map(([, other]) => other),
    );
  }
  return ratios;
}

/** What the system has two ways for, the others have one. */
const EQUALS: Partial<Record<Sample['step'], Sample['step']>> = {
  'clustered-read': 'clustered',
  'scattered-read': 'scattered',
};

const isComparable = (mine: Sample, step: Sample['step']): boolean =>
  step === mine.step || step === EQUALS[mine.step] || floorOf(mine.step).includes(step);

const floorOf = (step: Sample['step']): Sample['step'][] => {
  if (step === 'full') return ['floor-4mib', 'floor-same-blobs'];
  return step === 'restore' || step === 'verify' ? ['floor-get'] : [];
};
