import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Accepted, Job } from '../../client/api-types';
import { requestJson } from '../../client/http';
import { isOver } from '../../client/is-over';
import { makeOwnFleet } from './support/own-fleet';
import { startTestSystem, type TestSystem, testFolder } from './support/test-system';

interface Span {
  span: string;
  attributes: Record<string, unknown>;
  status?: { message?: string };
}
interface Measurement {
  metric: string;
  unit?: string;
  value: number;
  attributes?: Record<string, unknown>;
}

/**
 * An OpenTelemetry provider that is loaded into the app's process, as the operations guide says, hears of
 * everything.
 */
describe('telemetry', () => {
  let running: TestSystem;
  let file: string;
  let good: Job;
  let bad: Job;
  beforeAll(async () => {
    const folder = await testFolder();
    file = path.join(folder, 'telemetry.jsonl');
    const fleet = await makeOwnFleet(path.join(folder, 'fleet'));
    const provider = path.join(__dirname, 'fixtures', 'record-telemetry.cjs');
    running = await startTestSystem(folder, fleet.fleetFile, {
      NODE_OPTIONS: `--require ${provider}`,
      TELEMETRY_FILE: file,
    });
    const vm = (await running.api.listVms()).vms.find(({ name }) => name === 'off')?.key as string;
    good = await ended(await running.api.startBackup({ vm }));
    await requestJson('POST', `${running.system.emulator}/emulator/faults`, {
      operation: 'disks.get',
      effect: { kind: 'refuse', status: 403, code: 'AuthorizationFailed', message: 'No.' },
    });
    bad = await ended(await running.api.startBackup({ vm }));
  });
  afterAll(() => running.end());

  async function ended({ job: id }: Accepted): Promise<Job> {
    for (;;) {
      const job = await running.api.getJob({ job: id });
      // The job is counted a moment after its record says that it has ended.
      if (isOver(job) && heard().some((one) => 'span' in one && isEndOf(one, id))) return job;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  const isEndOf = ({ span, attributes }: Span, id: string) =>
    span === 'activity endJob' && attributes['backup.job'] === id;
  const heard = (): (Span | Measurement)[] =>
    existsSync(file)
      ? readFileSync(file, 'utf8')
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line))
      : [];
  const spansOf = ({ id }: Job) =>
    heard().flatMap((one) => ('span' in one && one.attributes['backup.job'] === id ? [one] : []));
  const measured = (metric: string) =>
    heard().flatMap((one) => ('metric' in one && one.metric === metric ? [one] : []));
  const sum = (job: Job, field: 'readBytes' | 'sentBytes') =>
    job.disks.reduce((total, disk) => total + disk[field], 0);

  it('has a span for every activity of a job, with the id of the job', () => {
    expect(good.state).toBe('Succeeded');
    const names = new Set(spansOf(good).map(({ span }) => span));
    for (const activity of [
      'beginJob',
      'takeSnapshot',
      'transferDiskPart',
      'commitRecoveryPoint',
      'endJob',
    ]) {
      expect(names).toContain(`activity ${activity}`);
    }
    expect(spansOf(good).every(({ status }) => status === undefined)).toBe(true);
  });

  it('marks the span that failed with the cause, and only that', () => {
    expect(bad).toMatchObject({ state: 'Failed', error: { code: 'ComputeAccessDenied' } });
    const failed = spansOf(bad).filter(({ status }) => status !== undefined);
    expect(failed).toMatchObject([
      {
        span: 'activity prepareBackup',
        attributes: { 'backup.failure': 'ComputeAccessDenied' },
        status: { message: 'ComputeAccessDenied' },
      },
    ]);
  });

  it('counts jobs by kind, state and cause, and how long they took', () => {
    const dimensions = [
      { kind: 'backup', state: 'Succeeded', failure: 'none' },
      { kind: 'backup', state: 'Failed', failure: 'ComputeAccessDenied' },
    ];
    expect(measured('backup.jobs').map(({ value, attributes }) => ({ value, attributes }))).toEqual(
      dimensions.map((attributes) => ({ value: 1, attributes })),
    );
    const durations = measured('backup.job.duration');
    expect(durations.map(({ unit, attributes }) => ({ unit, attributes }))).toEqual(
      dimensions.map((attributes) => ({ unit: 's', attributes })),
    );
    for (const { value } of durations) expect(value).toBeGreaterThanOrEqual(0);
  });

  it('counts the bytes that the job tells of', () => {
    const bytes = (metric: string) => measured(metric).map(({ unit, value }) => ({ unit, value }));
    expect(sum(good, 'readBytes')).toBeGreaterThan(0);
    expect(bytes('backup.read')).toEqual(
      [good, bad].map((job) => ({ unit: 'By', value: sum(job, 'readBytes') })),
    );
    expect(bytes('backup.sent')).toEqual(
      [good, bad].map((job) => ({ unit: 'By', value: sum(job, 'sentBytes') })),
    );
  });

  it('shows how many backups are due at each look of the scheduler', async () => {
    while (measured('backup.due').length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(measured('backup.due')[0]?.value).toBe(0);
  });

  it('tells no secret and no name of a VM outside spans', () => {
    expect(JSON.stringify(heard())).not.toMatch(/sig(=|%3D)/i);
    for (const one of heard())
      if ('metric' in one) expect(JSON.stringify(one)).not.toMatch(/off-[0-9a-f]{8}/);
  });
});
