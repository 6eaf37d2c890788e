import '../../../src/activities/maintenance/end-settling';
import '../../../src/activities/maintenance/next-restore-to-settle';
import '../../../src/activities/maintenance/put-back-left';
import '../../../src/activities/restore/swap-disks';
import type { ActivityName } from '../../../src/activities/contract';
import { addSeconds } from '../../../src/basics/time';
import { diskResourceId } from '../../../src/compute/arm/resource-id';
import { createRestoreDisk } from '../../../src/compute/restore/restore-disk';
import { type DiskSlot, slotsOf } from '../../../src/compute/restore/swap-disks';
import { findVm } from '../../../src/compute/vms/find-vm';
import { backupError } from '../../../src/failures/failure';
import type { Job } from '../../../src/jobs/job';
import { endJob } from '../../../src/protection/end-job';
import { noteUnfinished } from '../../../src/protection/unfinished-restores';
import { keepOrders, keepReplacement } from '../../../src/restore/restore-documents';
import { type Azure, complete, MIB, startAzure } from '../../compute/support/azure';
import { installation, protectedVm } from '../../protection/support/protection';
import { callActivity, provide } from '../support/activity-caller';

jest.mock(
  'durable-functions',
  () => jest.requireActual('../support/activity-caller').durableFunctionsStandIn,
);
jest.mock('../../../src/services', () => jest.requireActual('../support/activity-caller').servicesStandIn);

/** A restore in place that died during its swap, wherever that was, and what the sweep makes of it. */
const KEY = 'web-00000000';
const NOW = '2026-03-01T02:00:00.000Z';
const JOB = `20260301t020000z-restore-${KEY}-abcdef`;
const HOUR_LATER = addSeconds(NOW, 3600);
let azure: Azure;
let documents: Awaited<ReturnType<typeof installation>>;
let old: DiskSlot[];

beforeEach(async () => {
  const disks = [-1, 0, 1].map((lun) => ({ lun, sizeBytes: MIB }));
  azure = await startAzure([{ name: 'web', os: 'Linux', powerState: 'deallocated', disks }]);
  documents = await installation(NOW);
  provide({ ...documents, compute: azure.compute });
  const vmId = (await vm())?.vmId ?? '';
  await documents.protectedVms.create(KEY, protectedVm(KEY, { vmId, ref: azure.ref('web') }));
  old = await present();
});
afterEach(() => azure.close());

const vm = () => findVm(azure.compute, azure.ref('web'));
const present = async () => slotsOf((await vm()) ?? {});
const idsOf = (slots: DiskSlot[]) => slots.map(({ resourceId }) => resourceId?.toLowerCase());

/** A restore that has all its new disks, and is about to swap them in. Answers with the new slots. */
async function plan(job = JOB): Promise<DiskSlot[]> {
  const before = await present();
  const { subscriptionId, resourceGroup } = azure.ref('web');
  const orders = before.map(({ lun }) => ({
    jobId: job,
    pointId: 'p',
    diskId: lun < 0 ? 'os' : `lun-${lun}`,
    subscriptionId,
    resourceGroup,
    name: `new-${lun}-${job.slice(-6)}`,
    location: 'westeurope',
    sizeBytes: MIB,
    os: lun < 0 ? ('Linux' as const) : undefined,
  }));
  for (const { pointId: _p, diskId: _d, ...order } of orders) {
    const source = await snapshotOf(before.find(({ lun }) => `new-${lun}-${job.slice(-6)}` === order.name));
    await complete(createRestoreDisk, azure.compute, { ...order, sourceId: source });
  }
  await keepOrders(documents.store, job, orders);
  const after = before.map((slot, index) => ({
    ...slot,
    resourceId: diskResourceId(orders[index] ?? { subscriptionId, resourceGroup, name: '' }),
  }));
  const replaced = before.map(({ lun, resourceId = '' }) => ({
    diskId: `lun-${lun}`,
    name: resourceId.slice(resourceId.lastIndexOf('/') + 1),
    resourceId,
  }));
  const ref = azure.ref('web');
  const plan = { vm: { ref, vmId: (await vm())?.vmId ?? '' }, running: false, before, after, replaced };
  await keepReplacement(documents.store, job, plan);
  await documents.jobs.create(job, restoreJob(job));
  await documents.protectedVms.update(KEY, (one) => one && { ...one, running: { jobId: job, since: NOW } });
  await noteUnfinished(documents, KEY, job, NOW);
  return after;
}
async function snapshotOf(slot: DiskSlot | undefined): Promise<string> {
  const { subscriptionId, resourceGroup } = azure.ref('web');
  const name = `of-${slot?.lun}`;
  const { snapshots } = azure.compute.client(subscriptionId);
  const made = await snapshots.createOrUpdate(resourceGroup, name, {
    location: 'westeurope',
    incremental: true,
    creationData: { createOption: 'Copy', sourceResourceId: slot?.resourceId ?? '' },
  });
  return made.id ?? '';
}
const restoreJob = (id: string): Job => ({
  id,
  kind: 'restore',
  vm: KEY,
  state: 'Running',
  trigger: 'on-demand',
  createdAt: NOW,
  startedAt: NOW,
  disks: [],
  warnings: [],
  target: 'replace',
});
async function value<N extends ActivityName>(...call: Parameters<typeof callActivity<N>>) {
  const outcome = await callActivity(...call);
  if (!outcome.ok) throw new Error(`${outcome.failure.code}: ${outcome.failure.message}`);
  return outcome.value;
}
/** Takes so many turns of the swap, each with a request of its own, and dies. */
async function swapUntil(turns: number, job = JOB): Promise<void> {
  await azure.settings({ operationSeconds: 1 });
  let token: string | undefined;
  for (let turn = 0; turn < turns; turn++) {
    azure.advance(2);
    const swap = await value(job, 'swapDisks', { jobId: job, token });
    if (swap.done) break;
    token = swap.token;
  }
  // Azure ends what it has begun.
  azure.advance(60);
  await azure.settings({ operationSeconds: 0 });
}
const end = (code: 'JobInterrupted' | 'RestoreNotUndone', jobId = JOB, more: object = {}) =>
  endJob(
    { ...documents, settings: {} },
    { warn: () => undefined },
    { jobId, state: 'Failed', error: backupError(code, 'as the test wants').failure, more },
  );
const next = async () => (await value('settleRestores', 'nextRestoreToSettle', { at: HOUR_LATER })).restore;
async function putBack(jobId = JOB): Promise<void> {
  let token: string | undefined;
  for (;;) {
    const back = await value('settleRestores', 'putBackLeft', { jobId, vmKey: KEY, token });
    if (back.done) return;
    token = back.token;
  }
}
const unfinished = async () => (await documents.protectedVms.read(KEY))?.value.unfinishedRestores;
const settle = (how: 'keep' | 'undone', jobId = JOB) =>
  value('settleRestores', 'endSettling', { jobId, vmKey: KEY, how });

test.each([0, 1, 2, 3, 4])(
  'a swap that died after %d of its turns is undone, or kept where all new disks are in their places',
  async (turns) => {
    const after = await plan();
    await swapUntil(turns);
    await end('JobInterrupted');
    expect(await unfinished()).toEqual([{ jobId: JOB, since: NOW }]);
    const found = await next();
    const whole = idsOf(await present());
    if (found?.todo === 'keep') {
      expect(whole).toEqual(idsOf(after));
    } else {
      if (found?.todo === 'undone') expect(whole).toEqual(idsOf(old));
      await putBack();
      expect(idsOf(await present())).toEqual(idsOf(old));
      expect(await next()).toMatchObject({ jobId: JOB, todo: 'undone' });
    }
    const how = found?.todo === 'keep' ? 'keep' : 'undone';
    const { discard, complete: kept } = await settle(how);
    expect(await settle(how)).toEqual({ start: undefined, discard, complete: kept });
    expect(discard.length).toBe(how === 'keep' ? 0 : 3);
    expect(kept.length).toBe(how === 'keep' ? 6 : 0);
    expect(await unfinished()).toBeUndefined();
    const record = (await documents.jobs.read(JOB))?.value;
    expect(record?.warnings).toHaveLength(1);
    expect(record?.warnings[0]).toMatch(
      how === 'keep' ? /has its restored disks/ : /has the disks of before/,
    );
    expect(record?.restoredDisks?.length).toBe(how === 'keep' ? 3 : undefined);
  },
);

test('nothing is settled while the restore runs, or another job holds the VM', async () => {
  await plan();
  await swapUntil(1);
  expect(await next()).toBeUndefined();
  await end('JobInterrupted');
  const running = { jobId: 'another', since: NOW };
  await documents.protectedVms.update(KEY, (one) => one && { ...one, running });
  expect(await next()).toBeUndefined();
  const input = { jobId: JOB, vmKey: KEY };
  expect(await callActivity('settleRestores', 'putBackLeft', input)).toMatchObject({
    ok: false,
    failure: { code: 'BackupAlreadyRunning' },
  });
});

test('from a VM that somebody has started no disk is taken; what is missing is attached', async () => {
  const after = await plan();
  await swapUntil(1);
  await end('JobInterrupted');
  const { virtualMachines } = azure.compute.client(azure.ref('web').subscriptionId);
  const { resourceGroup } = azure.ref('web');
  await virtualMachines.start(resourceGroup, 'web');
  await putBack();
  expect(idsOf(await present())).toEqual(idsOf(old));
  const dataDisksToDetach = [{ diskId: old[1]?.resourceId ?? '' }];
  const dataDisksToAttach = [{ diskId: after[1]?.resourceId ?? '', lun: 0 }];
  await virtualMachines.attachDetachDataDisks(resourceGroup, 'web', { dataDisksToDetach });
  await virtualMachines.attachDetachDataDisks(resourceGroup, 'web', { dataDisksToAttach });
  const refused = await callActivity('settleRestores', 'putBackLeft', { jobId: JOB, vmKey: KEY });
  expect(refused).toMatchObject({ ok: false, failure: { code: 'RestoreVmRunning' } });
});

test('of a restore that left its disks to people only what they did settles it, and no disk goes', async () => {
  await plan();
  await swapUntil(1);
  const restoredDisks = [{ diskId: 'os', name: 'new', resourceId: '/new' }];
  await end('RestoreNotUndone', JOB, { restoredDisks });
  expect(await next()).toBeUndefined();
  expect(await unfinished()).toHaveLength(1);
  // They attach the disks of before by hand.
  await putBack();
  expect(await next()).toMatchObject({ todo: 'undone' });
  expect(await settle('undone')).toMatchObject({ discard: [] });
  expect(await unfinished()).toBeUndefined();
});

test('of two restores that died one after the other the newer is undone first, and leaves the VM to the older', async () => {
  const newer = `20260301t030000z-restore-${KEY}-fedcba`;
  await plan();
  await swapUntil(1);
  await end('JobInterrupted');
  const mixed = idsOf(await present());
  await plan(newer);
  await swapUntil(1, newer);
  await end('JobInterrupted', newer);
  expect(await next()).toMatchObject({ jobId: newer });
  await putBack(newer);
  expect(idsOf(await present())).toEqual(mixed);
  await settle('undone', newer);
  expect(await unfinished()).toEqual([{ jobId: JOB, since: NOW }]);
});

test('a VM that is gone, or was made anew, is not waited for', async () => {
  await plan();
  await swapUntil(1);
  await end('JobInterrupted');
  const { virtualMachines } = azure.compute.client(azure.ref('web').subscriptionId);
  await virtualMachines.delete(azure.ref('web').resourceGroup, 'web');
  expect(await next()).toMatchObject({ todo: 'undone' });
});

test('without a record of the job and of the VM the documents of the restore are enough', async () => {
  await plan();
  await swapUntil(1);
  for await (const { name } of documents.store.list('')) {
    if (/^(jobs|protection|summaries)\//.test(name)) await documents.store.delete(name);
  }
  expect(await next()).toMatchObject({ jobId: JOB, vmKey: KEY, todo: 'put-back' });
});
