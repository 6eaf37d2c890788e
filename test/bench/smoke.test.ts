import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runSmoke, type SmokeResult } from '../../bench/smoke/smoke';
import { STEPS } from '../../bench/system/steps';
import { compiled } from '../../local/process/project-root';

let folder: string;
let smoke: SmokeResult;

beforeAll(async () => {
  // The data path is measured in a process of its own, which runs the compiled benchmark.
  if (!existsSync(compiled('bench', 'system', 'data-path-process.js')))
    throw new Error('Build first: npm run build (npm test does).');
  folder = await mkdtemp(path.join(tmpdir(), 'durable-vm-backup-smoke-'));
  smoke = await runSmoke(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the benchmark, run small', () => {
  it('keeps what is promised about bytes and requests', () => {
    expect(smoke.targets.map(({ work, target, holds }) => [work, target, holds])).toEqual([
      ['delta, 1 % clustered', '≤ 1.3 × changed bytes uploaded', true],
      ['delta, 1 % scattered 4 KiB', '≤ 1.5 × changed bytes uploaded, before compression', true],
      ['nothing changed', '< 20 requests per disk', true],
      ['nothing changed', '≤ 0 bytes of disk data read', true],
      ['second VM with the same disk', '≤ 0 chunks uploaded twice', true],
    ]);
  });

  it('counts the requests that reached Azurite, at least those that the data path says it made', () => {
    for (const { step, requests, counts } of smoke.summary.cells) {
      if (counts) expect({ step, enough: requests >= counts.requests }).toEqual({ step, enough: true });
    }
  });

  it('measures every step, with processor time and memory of its own process', () => {
    const steps = smoke.summary.cells.filter(({ tool }) => tool === 'vm-backup');
    expect(steps.map(({ step }) => step)).toEqual(STEPS.map(({ id }) => id));
    for (const { cpuSeconds, peakBytes } of steps) {
      expect(cpuSeconds.median).toBeGreaterThan(0);
      expect(peakBytes).toBeGreaterThan(0);
    }
  });
});
