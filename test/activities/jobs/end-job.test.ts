import '../../../src/activities/jobs/end-job';
import type { EndJob } from '../../../src/activities/contract';
import type { FailureCode } from '../../../src/failures/catalogue';
import { backupError } from '../../../src/failures/failure';
import { protect } from '../../../src/protection/change-protection';
import { isDue } from '../../../src/protection/due';
import { keepOrders, keepReplacement } from '../../../src/restore/restore-documents';
import { installation, protectedVm } from '../../protection/support/protection';
import { callActivity, provide } from '../support/activity-caller';

jest.mock(
  'durable-functions',
  () => jest.requireActual('../support/activity-caller').durableFunctionsStandIn,
);
jest.mock('../../../src/services', () => jest.requireActual('../support/activity-caller').servicesStandIn);

const NOW = '2026-03-02T01:00:00.000Z';
const DUE = '2026-03-02T02:00:00.000Z';
const JOB = '20260302t000000z-restore-web-abcdef';
const disk = (name: string) => ({ diskId: 'os', name, resourceId: `/disks/${name}` });
let documents: Awaited<ReturnType<typeof installation>>;

beforeEach(async () => {
  documents = await installation(NOW);
  provide({ ...documents, settings: {} as never });
  const vm = protectedVm('web', { protectedBy: 'tag', running: { jobId: JOB, since: NOW } });
  await documents.protectedVms.create('web', vm);
  await documents.jobs.create(JOB, {
    id: JOB,
    kind: 'restore',
    target: 'replace',
    vm: 'web',
    state: 'Running',
    trigger: 'on-demand',
    createdAt: NOW,
    disks: [],
    warnings: [],
  });
  const order = { diskId: 'os', name: 'new', jobId: JOB, pointId: 'web.20260301t020000z', sizeBytes: 512 };
  const place = { subscriptionId: 's', resourceGroup: 'g', location: 'l' };
  await keepOrders(documents.store, JOB, [{ ...order, ...place }]);
  const ref = { subscriptionId: 's', resourceGroup: 'g', name: 'web' };
  const swap = { vm: { ref, vmId: 'id-web' }, running: true, before: [], after: [] };
  await keepReplacement(documents.store, JOB, { ...swap, replaced: [disk('old')] });
});

const end = (code: FailureCode) => {
  const error = backupError(code, 'as the test wants').failure;
  const ending: EndJob = { jobId: JOB, vmKey: 'web', state: 'Failed', shown: {}, disks: [], error };
  return callActivity(JOB, 'endJob', ending);
};
const vm = async () => (await documents.protectedVms.read('web'))?.value ?? protectedVm('gone');
const job = async () => (await documents.jobs.read(JOB))?.value;

test('a VM with disks of two times is not backed up until somebody protects it again, and the job names all the disks', async () => {
  expect(await end('RestoreNotUndone')).toMatchObject({ ok: true });
  const ended = await vm();
  expect(ended).toMatchObject({ stopped: { at: NOW, data: 'retain' } });
  expect(ended.running).toBeUndefined();
  expect(isDue({ ...ended, policy: 'daily' }, 'daily', DUE)).toBe(false);
  expect(isDue(protect(ended, 'daily', NOW), 'daily', DUE)).toBe(true);
  expect(await job()).toMatchObject({
    state: 'Failed',
    restoredDisks: [{ name: 'new' }],
    replacedDisks: [disk('old')],
  });
});

test('after a restore that was undone the VM is backed up as before, and the job names no disk', async () => {
  expect(await end('RestoreVmRefused')).toMatchObject({ ok: true });
  expect(isDue(await vm(), 'daily', DUE)).toBe(true);
  expect(await job()).not.toHaveProperty('restoredDisks');
  expect(await job()).not.toHaveProperty('replacedDisks');
});

test('a VM that another job holds meanwhile is left to it', async () => {
  const running = { jobId: 'another', since: NOW };
  await documents.protectedVms.update('web', (current) => current && { ...current, running });
  expect(await end('RestoreNotUndone')).toMatchObject({ ok: true });
  expect(await vm()).toMatchObject({ running, policy: 'daily' });
});
