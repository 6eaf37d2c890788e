import { OWN_NAME } from './names';
import type { Sample } from './steps';
import type { BenchSummary, Cell } from './summary';

/** A promise about speed or size, and what was measured; the worst disk counts. */
export interface TargetRow {
  work: string;
  target: string;
  measured: string;
  /** Undefined where it was not measured. */
  holds?: boolean;
  /** About bytes, blobs or requests: the same on every machine. */
  counted: boolean;
}

interface Target {
  work: string;
  /** All transfers when left out. */
  step?: Sample['step'];
  what: string;
  limit: number;
  /** Undefined where the run does not tell. */
  value(cell: Cell): number | undefined;
  counted?: true;
  /** The value must be below the limit, not at it. */
  strict?: true;
  digits?: number;
}

const MIB = 2 ** 20;
const toRestic = (cell: Cell) => cell.ratios.restic?.median;
const perChanged = ({ counts }: Cell) =>
  counts && counts.changedBytes > 0 ? counts.sentPlainBytes / counts.changedBytes : undefined;

/** What the system promises, as ratios of paired runs, bytes, requests and memory. */
const TARGETS: Target[] = [
  { work: 'first backup', step: 'full', what: '× restic', limit: 0.5, value: toRestic },
  {
    work: 'first backup',
    step: 'full',
    what: '× Azurite alone with the same bytes in 4 MiB blobs',
    limit: 1.25,
    value: ({ ratios }) => ratios['floor-4mib']?.median,
  },
  { work: 'delta, 1 % clustered', step: 'clustered', what: '× restic', limit: 0.2, value: toRestic },
  {
    work: 'delta, 1 % clustered',
    step: 'clustered',
    what: '× changed bytes uploaded',
    limit: 1.3,
    value: perChanged,
    counted: true,
  },
  { work: 'delta, 1 % scattered 4 KiB', step: 'scattered', what: '× restic', limit: 0.1, value: toRestic },
  {
    work: 'delta, 1 % scattered 4 KiB',
    step: 'scattered',
    what: '× changed bytes uploaded, before compression',
    limit: 1.5,
    value: perChanged,
    counted: true,
  },
  {
    work: 'nothing changed',
    step: 'unchanged',
    what: 'requests per disk',
    limit: 20,
    value: ({ requests }) => requests,
    counted: true,
    strict: true,
    digits: 0,
  },
  {
    work: 'nothing changed',
    step: 'unchanged',
    what: 'bytes of disk data read',
    limit: 0,
    value: ({ counts }) => counts?.readBytes,
    counted: true,
    digits: 0,
  },
  {
    work: 'checksum mode, nothing changed',
    step: 'unchanged-read',
    what: "× restic's forced re-read",
    limit: 0.5,
    value: toRestic,
  },
  { work: 'restore of a whole disk', step: 'restore', what: '× restic', limit: 0.75, value: toRestic },
  { work: 'verify', step: 'verify', what: '× restic check with data read', limit: 0.4, value: toRestic },
  {
    work: 'peak memory of a transfer',
    what: 'MiB',
    limit: 256,
    value: ({ peakBytes }) => peakBytes / MIB,
    digits: 0,
  },
  {
    work: 'second VM with the same disk',
    step: 'twin',
    what: 'chunks uploaded twice',
    limit: 0,
    value: ({ counts }) => counts?.newChunks,
    counted: true,
    digits: 0,
  },
];

/** Holds what was measured against what is promised. */
export function judgeTargets({ cells }: Pick<BenchSummary, 'cells'>): TargetRow[] {
  return TARGETS.map(({ work, step, what, limit, value, counted = false, strict, digits = 2 }) => {
    const own = cells.filter((cell) => cell.tool === OWN_NAME && (step ? cell.step === step : cell.counts));
    const values = own.flatMap((cell) => {
      const found = value(cell);
      return found === undefined ? [] : [{ where: step ? cell.disk : `${cell.disk} ${cell.step}`, found }];
    });
    const target = `${strict ? '<' : '≤'} ${limit} ${what}`;
    if (values.length === 0) return { work, target, measured: 'not measured', counted };
    const holds = values.every(({ found }) => (strict ? found < limit : found <= limit));
    const worst = step ? values : values.toSorted((a, b) => b.found - a.found).slice(0, 1);
    const measured = worst.map(({ where, found }) => `${where} ${found.toFixed(digits)}`).join(', ');
    return { work, target, measured, holds, counted };
  });
}
