import '../../../src/activities/maintenance/next-vm-to-start';
import '../../../src/activities/restore/start-vm';
import { slotsOf } from '../../../src/compute/restore/swap-disks';
import { findVm } from '../../../src/compute/vms/find-vm';
import type { ThisVm } from '../../../src/compute/vms/vm-power';
import { backupError } from '../../../src/failures/failure';
import type { Job } from '../../../src/jobs/job';
import { endJob } from '../../../src/protection/end-job';
import { owedStartOf, oweStart } from '../../../src/protection/owed-starts';
import { type Azure, MIB, startAzure } from '../../compute/support/azure';
import { installation, protectedVm } from '../../protection/support/protection';
import { callActivity, provide } from '../support/activity-caller';

jest.mock(
  'durable-functions',
  () => jest.requireActual('../support/activity-caller').durableFunctionsStandIn,
);
jest.mock('../../../src/services', () => jest.requireActual('../support/activity-caller').servicesStandIn);

const JOB = '20260301t020000z-restore-web-00000000-abcdef';
const KEY = 'web-00000000';
const NOW = '2026-03-01T02:00:00.000Z';
const HOUR_LATER = '2026-03-01T03:00:00.000Z';
let azure: Azure;
let documents: Awaited<ReturnType<typeof installation>>;
let vm: ThisVm;

/** A VM that a restore in place has switched off, and whose orchestration is gone. */
beforeEach(async () => {
  const disks = [-1, 0].map((lun) => ({ lun, sizeBytes: MIB }));
  azure = await startAzure([{ name: 'web', os: 'Linux', powerState: 'deallocated', disks }]);
  documents = await installation(NOW);
  provide({ ...documents, compute: azure.compute });
  const ref = azure.ref('web');
  const found = await findVm(azure.compute, ref);
  vm = { ref, vmId: found?.vmId ?? '' };
  const before = slotsOf(found ?? {});
  const after = before.map((slot) => ({ ...slot, resourceId: `${slot.resourceId}-new` }));
  await oweStart(documents.store, { vmKey: KEY, jobId: JOB, now: NOW }, { vm, before, after });
  await documents.jobs.create(JOB, restoreJob('Failed'));
});
afterEach(() => azure.close());

const restoreJob = (state: Job['state']): Job => ({
  id: JOB,
  kind: 'restore',
  vm: KEY,
  state,
  trigger: 'on-demand',
  createdAt: NOW,
  startedAt: NOW,
  disks: [],
  warnings: [],
  target: 'replace',
});
const next = async (at = HOUR_LATER) => {
  const outcome = await callActivity('startVms', 'nextVmToStart', { at });
  if (!outcome.ok) throw new Error(outcome.failure.message);
  return outcome.value.vm;
};
const start = () => callActivity('startVms', 'startVm', { ...vm, vmKey: KEY, jobId: JOB });
const isOwed = async () => (await owedStartOf(documents.store, KEY)) !== undefined;
const powerState = async () => (await azure.state()).vms[0]?.powerState;

test('a VM that a restore left off is started, and then owed no more', async () => {
  expect(await next()).toEqual({ ...vm, vmKey: KEY, jobId: JOB });
  expect(await start()).toMatchObject({ ok: true, value: { done: true } });
  expect(await powerState()).toBe('running');
  expect(await isOwed()).toBe(false);
  expect(await next()).toBeUndefined();
});

test('one that does not start stays owed', async () => {
  const effect = { kind: 'fail-operation', code: 'AllocationFailed', message: 'No room.' };
  await azure.fault({ operation: 'virtualMachines.start', effect });
  expect(await start()).toMatchObject({ ok: false, failure: { code: 'RestoreVmNoCapacity' } });
  expect(await next()).toMatchObject({ vmKey: KEY });
});

test('it is left to the restore for as long as that runs, and to any other job that holds the VM', async () => {
  await documents.jobs.update(JOB, () => restoreJob('Running'));
  expect(await next()).toBeUndefined();
  await documents.jobs.update(JOB, () => restoreJob('Failed'));
  const running = { jobId: 'another', since: NOW };
  await documents.protectedVms.create(KEY, protectedVm(KEY, { running }));
  expect(await next()).toBeUndefined();
  expect(await isOwed()).toBe(true);
  await documents.protectedVms.update(KEY, () => protectedVm(KEY));
  expect(await next()).toMatchObject({ vmKey: KEY });
});

test('one that somebody started meanwhile is owed no more, whatever they do with it later', async () => {
  await azure.compute.client(vm.ref.subscriptionId).virtualMachines.start(vm.ref.resourceGroup, 'web');
  expect(await next()).toBeUndefined();
  expect(await isOwed()).toBe(false);
});

test('one that was deleted, or made anew under its name, is owed no more', async () => {
  await oweStart(
    documents.store,
    { vmKey: KEY, jobId: JOB, now: NOW },
    { vm: { ...vm, vmId: 'another' }, before: [], after: [] },
  );
  expect(await next()).toBeUndefined();
  expect(await isOwed()).toBe(false);
  expect(await powerState()).toBe('deallocated');
});

test('one that has disks of two times is not started, and is looked at again', async () => {
  const found = slotsOf((await findVm(azure.compute, vm.ref)) ?? {});
  const swapped = (slot: (typeof found)[number]) => ({ ...slot, resourceId: `${slot.resourceId}-new` });
  const [os, data] = found;
  if (!os || !data) throw new Error('The VM has two disks.');
  const debt = { vmKey: KEY, jobId: JOB, now: NOW };
  await oweStart(documents.store, debt, { vm, before: [swapped(os), data], after: [os, swapped(data)] });
  expect(await next()).toBeUndefined();
  expect(await isOwed()).toBe(true);
  await oweStart(documents.store, debt, { vm, before: [swapped(os), swapped(data)], after: [os, data] });
  expect(await next()).toMatchObject({ vmKey: KEY });
});

test('after a week nobody is surprised by a VM that starts', async () => {
  expect(await next('2026-03-08T03:00:00.000Z')).toBeUndefined();
  expect(await isOwed()).toBe(false);
});

test('a debt that cannot be read, and one of a VM that cannot be asked for, keep no other VM off', async () => {
  await documents.store.put('starts/a.json', Buffer.from('{}'));
  const elsewhere = { ...vm.ref, subscriptionId: '00000000-0000-0000-0000-000000000009' };
  await oweStart(
    documents.store,
    { vmKey: 'b', jobId: JOB, now: NOW },
    { vm: { ref: elsewhere, vmId: 'x' }, before: [], after: [] },
  );
  expect(await next()).toMatchObject({ vmKey: KEY });
});

describe('a restore in place that ends', () => {
  const end = (code: 'JobInterrupted' | 'RestoreNotUndone') => {
    const error = backupError(code, 'as the test wants').failure;
    const services = { ...documents, settings: {} };
    return endJob(services, { warn: () => undefined }, { jobId: JOB, state: 'Failed', error });
  };
  beforeEach(() => documents.jobs.update(JOB, () => restoreJob('Running')));

  test('halfway says first that its VM may be off', async () => {
    await end('JobInterrupted');
    const job = (await documents.jobs.read(JOB))?.value;
    expect(job?.error?.message).toMatch(/^The VM web ran before and may be off/);
    expect(await next()).toMatchObject({ vmKey: KEY });
  });

  test('with disks of two times owes no start: somebody has to decide first', async () => {
    await end('RestoreNotUndone');
    expect(await isOwed()).toBe(false);
  });
});
