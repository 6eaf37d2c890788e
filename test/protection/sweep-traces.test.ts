import { z } from 'zod';
import type { Job } from '../../src/jobs/job';
import { keep } from '../../src/jobs/kept-documents';
import { COMPLETED, REPLACEMENT_NAME } from '../../src/jobs/restore-marks';
import { judgeRestore } from '../../src/protection/judge-restore';
import { noteRefusals } from '../../src/protection/refusals';
import { sweepTraces } from '../../src/protection/sweep-traces';
import { installation } from './support/protection';

const NOW = '2026-03-10T09:00:00Z';
const LATER = '2026-03-10T10:00:00Z';
const RESTORE = '20260310t080000z-restore-web-abcdef';
const BACKUP = '20260310t080000z-backup-web';
const named = (name: string) => ({ name, schema: z.object({}) });
let services: Awaited<ReturnType<typeof installation>>;

beforeEach(async () => {
  services = await installation(NOW);
});

const record = (id: string, change: Partial<Job>) =>
  services.jobs.create(id, {
    id,
    kind: id === BACKUP ? 'backup' : 'restore',
    vm: 'web',
    state: 'Failed',
    trigger: 'on-demand',
    createdAt: NOW,
    disks: [],
    warnings: [],
    ...change,
  });
async function traces(): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of services.store.list('')) {
    if (/^(captures|progress|queue)\//.test(name)) names.push(name);
  }
  return names;
}
async function leaveTraces(id: string): Promise<void> {
  await keep(services.store, id, named('orders.json'), {});
  await services.store.put(`progress/${id}/os.json`, Buffer.from('{}'));
  await services.store.put(`queue/${id}.json`, Buffer.from('{}'));
}

test('of jobs that are over, or whose record is gone, all goes; of one that runs nothing', async () => {
  const [over, lost, running] = [RESTORE, BACKUP, `${BACKUP}-000001`];
  for (const id of [over, lost, running]) await leaveTraces(id);
  await record(over, { state: 'Succeeded' });
  await record(running, { state: 'Running' });
  expect((await sweepTraces(services, LATER)).sort()).toEqual([lost, over].sort());
  expect((await traces()).every((name) => name.includes(running))).toBe(true);
  expect(await traces()).toHaveLength(3);
});

test('what was written a moment ago stays: its job may not have its record yet', async () => {
  await leaveTraces(BACKUP);
  expect(await sweepTraces(services, '2026-03-10T08:59:00Z')).toEqual([]);
});

test('a job whose record cannot be read keeps what it has', async () => {
  await leaveTraces(RESTORE);
  await record(RESTORE, {});
  for await (const { name } of services.store.list('jobs/')) await services.store.put(name, Buffer.from('{'));
  expect(await sweepTraces(services, LATER)).toEqual([]);
  expect(await judgeRestore(services, RESTORE)).toBe('live');
});

test('what tells how to settle a swap stays until somebody has settled it', async () => {
  await keep(services.store, RESTORE, named(REPLACEMENT_NAME), {});
  await record(RESTORE, {});
  expect(await sweepTraces(services, LATER)).toEqual([]);
  expect(await judgeRestore(services, RESTORE)).toBe('live');
});

test('the only proof that a restore was complete stays for as long as a tag says something else', async () => {
  await keep(services.store, RESTORE, COMPLETED, { at: NOW });
  expect(await judgeRestore(services, RESTORE)).toBe('complete');
  const refused = { resourceId: '/disks/a', jobId: RESTORE, code: 'ResourceLocked', message: '' };
  const turn = { by: 'sweep', at: NOW };
  await noteRefusals({ ...services, settings: {} }, { warn: () => undefined }, turn, [refused]);
  expect(await sweepTraces(services, LATER)).toEqual([]);
});

test.each<[string, Partial<Job>, string]>([
  ['runs', { state: 'Running' }, 'live'],
  ['succeeded', { state: 'Succeeded' }, 'complete'],
  ['failed and left disks to people', { restoredDisks: [] }, 'complete'],
  ['failed', { state: 'Failed' }, 'dead'],
])('a restore that %s', async (_what, change, verdict) => {
  await record(RESTORE, change);
  expect(await judgeRestore(services, RESTORE)).toBe(verdict);
});
