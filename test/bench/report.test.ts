import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Conditions } from '../../bench/support/conditions';
import { replaceBlock } from '../../bench/support/page';
import { piecesOf } from '../../bench/support/raw-blobs';
import { pairedRatios, spreadOf } from '../../bench/support/statistics';
import { renderChart } from '../../bench/system/chart';
import { judgeJobs } from '../../bench/system/jobs-result';
import { renderFigures } from '../../bench/system/report';
import type { Sample } from '../../bench/system/steps';
import { type BenchResult, summarize } from '../../bench/system/summary';
import { judgeTargets } from '../../bench/system/targets';
import { projectRoot } from '../../local/process/project-root';
import { noCounts, type TransferCounts } from '../../src/vault/format/counts';

const conditions: Conditions = {
  startedAt: '2026-01-01T00:00:00Z',
  endedAt: '2026-01-01T01:00:00Z',
  processors: 2,
  model: 'a processor',
  memoryGiB: 8,
  system: 'linux',
  node: 'v24',
  loadBefore: 0,
  loadAfter: 2,
};

function sample(
  step: Sample['step'],
  tool: string,
  repeat: number,
  seconds: number,
  counts?: Partial<TransferCounts>,
): Sample {
  const summary =
    counts && ({ counts: { ...noCounts(), ...counts } } as NonNullable<Sample['details']>['summary']);
  return {
    step,
    tool,
    repeat,
    seconds,
    disk: 'data',
    usage: { cpuSeconds: 1, peakBytes: 100 * 2 ** 20 },
    azuriteCpuSeconds: 1,
    emulatorCpuSeconds: 1,
    requests: { GET: 3, PUT: 2 },
    storedBytes: 1000,
    details: { spans: {}, summary },
  };
}

const resultOf = (samples: Sample[]): BenchResult => ({
  conditions,
  tools: { 'vm-backup': 'new', restic: '0.14' },
  disks: { data: 2 ** 31 },
  samples,
});

const samples = [
  sample('full', 'vm-backup', 0, 4, { newChunks: 1 }),
  sample('full', 'restic', 0, 10),
  sample('floor-4mib', 'Azurite alone', 0, 4),
  sample('full', 'restic', 1, 40),
  sample('full', 'vm-backup', 1, 24, { newChunks: 1 }),
  sample('floor-4mib', 'Azurite alone', 1, 10),
  sample('full', 'vm-backup', 2, 5, { newChunks: 1 }),
  sample('full', 'restic', 2, 11),
  sample('unchanged', 'vm-backup', 0, 1),
  sample('scattered', 'vm-backup', 0, 1, { changedBytes: 100, sentPlainBytes: 151 }),
  sample('clustered', 'vm-backup', 0, 1, { changedBytes: 100, sentPlainBytes: 130 }),
];

describe('figures', () => {
  it('tell the median and the spread', () => {
    expect(spreadOf([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3, runs: 3 });
    expect(spreadOf([4, 1, 2, 3]).median).toBe(2.5);
    expect(() => spreadOf([])).toThrow();
  });

  it('compare what was measured one right after the other, so that what slows both cancels out', () => {
    expect(pairedRatios([1, 10], [2, 20]).median).toBe(0.5);
    const full = summarize(resultOf(samples)).cells.find(
      ({ step, tool }) => step === 'full' && tool === 'vm-backup',
    );
    expect(full?.seconds.median).toBe(5);
    expect(full?.ratios.restic?.median).toBeCloseTo(5 / 11);
    expect(full?.ratios['floor-4mib']).toEqual({ median: 1.7, min: 1, max: 2.4, runs: 2 });
  });

  it('hold what was measured against what is promised, and never call what was not measured kept', () => {
    const rows = judgeTargets(summarize(resultOf(samples)));
    const verdicts = Object.fromEntries(rows.map(({ work, target, holds }) => [`${work}: ${target}`, holds]));
    expect(verdicts).toMatchObject({
      'first backup: ≤ 0.5 × restic': true,
      'first backup: ≤ 1.25 × Azurite alone with the same bytes in 4 MiB blobs': false,
      'delta, 1 % clustered: ≤ 1.3 × changed bytes uploaded': true,
      'delta, 1 % scattered 4 KiB: ≤ 1.5 × changed bytes uploaded, before compression': false,
      'nothing changed: < 20 requests per disk': true,
      'verify: ≤ 0.4 × restic check with data read': undefined,
    });
  });

  it('judge jobs by the median of each kind of work', () => {
    const pair = (work: string, jobSeconds: number) => ({ work, jobSeconds, dataPathSeconds: 10 });
    const judge = (...pairs: ReturnType<typeof pair>[]) =>
      judgeJobs({ conditions, scale: 'tiny', pairs, orchestrations: [] }).holds;
    expect(judge(pair('first', 14.9), pair('first', 99), pair('first', 3))).toBe(true);
    expect(judge(pair('first', 1), pair('delta', 15.1))).toBe(false);
    expect(judgeJobs(undefined).holds).toBeUndefined();
  });

  it('appear as tables and as a picture', () => {
    const summary = summarize(resultOf(samples));
    expect(renderFigures(summary)).toContain(
      '| first backup | 5.00 (4.00–24.00) | 11.00 (10.00–40.00) | 0.45 (0.40–0.60) |',
    );
    const chart = renderChart(summary, 'data');
    expect(chart).toMatch(/^<svg [^>]+>[\s\S]+<\/svg>\n$/);
    expect(chart.match(/<rect /g)).toHaveLength(1 + 2 + 5);
  });

  it('take their place in the page between markers, again and again', () => {
    const page = 'before\n<!-- figures: cost -->\nold\n<!-- end of figures: cost -->\nafter\n';
    const once = replaceBlock(page, 'cost', 'new');
    expect(once).toBe('before\n<!-- figures: cost -->\n\nnew\n\n<!-- end of figures: cost -->\nafter\n');
    expect(replaceBlock(once, 'cost', 'new')).toBe(once);
    expect(() => replaceBlock(page, 'jobs', 'new')).toThrow('no figures "jobs"');
  });

  it('have a place in docs/performance.md, each part', () => {
    const page = readFileSync(path.join(projectRoot(), 'docs', 'performance.md'), 'utf8');
    for (const name of ['targets', 'system', 'jobs', 'growth', 'cost'] as const) replaceBlock(page, name, '');
  });
});

it('cuts bytes into blobs without losing one', () => {
  expect(piecesOf(10, 4)).toEqual([4, 4, 2]);
  expect(piecesOf(8, 4)).toEqual([4, 4]);
  expect(piecesOf(0, 4)).toEqual([]);
});
