import '../../../src/activities/backup/prepare-backup';
import '../../../src/activities/backup/take-snapshot';
import type { Operation } from '../../../src/compute/arm/operation';
import { findVm } from '../../../src/compute/vms/find-vm';
import { backupError } from '../../../src/failures/failure';
import type { BackupRequest } from '../../../src/jobs/backup-request';
import { BackupPolicy } from '../../../src/policies/policy';
import { endJob } from '../../../src/protection/end-job';
import { nextLeftovers } from '../../../src/protection/leftovers';
import { type Azure, MIB, startAzure } from '../../compute/support/azure';
import { installation, protectedVm } from '../../protection/support/protection';
import { callActivity, provide } from '../support/activity-caller';

jest.mock(
  'durable-functions',
  () => jest.requireActual('../support/activity-caller').durableFunctionsStandIn,
);
jest.mock('../../../src/services', () => jest.requireActual('../support/activity-caller').servicesStandIn);

const KEY = 'db';
const [FIRST, SECOND] = ['20260301t020000z-backup-db', '20260302t020000z-backup-db'] as const;
const NOW = new Date().toISOString();
const timedOut = backupError('JobTimedOut', 'It has run for a day.').failure;
let azure: Azure;
let documents: Awaited<ReturnType<typeof installation>>;
let vmId: string;
let running: boolean;

beforeEach(async () => {
  running = true;
  azure = await startAzure([
    {
      name: 'db',
      os: 'Linux',
      disks: [
        { lun: -1, sizeBytes: MIB },
        { lun: 0, sizeBytes: MIB, sku: 'PremiumV2_LRS' },
      ],
    },
  ]);
  await azure.settings({ backgroundCopySeconds: 30 * 3600 });
  documents = await installation(NOW);
  provide({ ...documents, compute: azure.compute });
  vmId = (await findVm(azure.compute, azure.ref('db')))?.vmId ?? '';
});
afterEach(() => azure.close());

const policy = (change: object = {}) =>
  BackupPolicy.parse({ schedule: { frequency: 'daily', times: ['02:00'], timeZone: 'UTC' }, ...change });
const request = (jobId: string, change: object = {}): BackupRequest => ({
  jobId,
  vmKey: KEY,
  vmId,
  ref: azure.ref('db'),
  os: 'Linux',
  policyName: 'daily',
  trigger: 'schedule',
  policy: policy(change),
});
/** The VM is in the hands of this job. */
async function claim(jobId: string) {
  const running = { jobId, since: NOW };
  await documents.protectedVms.update(KEY, (vm = protectedVm(KEY, { vmId })) => ({ ...vm, running }));
  const job = { id: jobId, kind: 'backup', vm: KEY, state: 'Running', trigger: 'schedule' } as const;
  await documents.jobs.create(jobId, { ...job, createdAt: NOW, disks: [], warnings: [] });
}
async function prepare(jobId: string, change: object = {}) {
  const plan = await callActivity(jobId, 'prepareBackup', request(jobId, change));
  if (!plan.ok) throw new Error(plan.failure.message);
  return plan.value;
}
async function take(jobId: string, takeOver?: string, token?: string) {
  const { ref, os, policy } = request(jobId);
  const { ask, allowFallback } = policy.consistency;
  const levels = { consistency: ask, fallbackAllowed: allowFallback };
  const input = { jobId, ref, os, running, ...levels, diskCount: 2, takeOver, token };
  const taken = await callActivity(jobId, 'takeSnapshot', input);
  if (!taken.ok) throw new Error(taken.failure.message);
  return taken.value;
}
const tokenOf = (operation: Operation<unknown>) => (operation.done ? undefined : operation.token);
const end = (jobId: string, snapshotForNext?: string | null) =>
  endJob(
    { ...documents, settings: {} },
    { warn: () => undefined },
    { jobId, state: 'Failed', error: timedOut, snapshotForNext },
  );
const leftovers = async (at: string) =>
  (await nextLeftovers({ ...documents, compute: azure.compute }, { at })).restorePointIds;
const inDays = (days: number) => new Date(Date.parse(NOW) + days * 86_400_000).toISOString();

/** A first job that ran out of time while the disks were copied. */
async function firstJob() {
  await claim(FIRST);
  await prepare(FIRST);
  expect(await take(FIRST)).toMatchObject({ done: false });
  await end(FIRST, FIRST);
  azure.advance(86_400);
}

/** A second job that finds what the first one left good, and waits for the rest of its copy. */
async function secondJobGoesOn() {
  await claim(SECOND);
  expect((await prepare(SECOND)).takeOver).toBe(FIRST);
  const begun = await take(SECOND, FIRST);
  expect(begun).toMatchObject({ done: false });
  azure.advance(7 * 3600);
  return take(SECOND, FIRST, tokenOf(begun));
}

test('the next backup goes on with the copy that was under way, and begins none', async () => {
  await firstJob();
  expect(await leftovers(inDays(1))).toEqual([]);
  const taken = await secondJobGoesOn();
  expect(taken).toMatchObject({ done: true, result: { diskIds: ['os', 'lun-0'], slowCopyOf: FIRST } });
  expect((await azure.calls())['restorePoints.create']?.calls).toBe(1);
});

test('what nobody goes on with any more is swept', async () => {
  await firstJob();
  await claim(SECOND);
  await end(SECOND, null);
  expect(await leftovers(inDays(1))).toEqual([expect.stringContaining(FIRST)]);
});

test('a job that fails before it has looked leaves it for the one after', async () => {
  await firstJob();
  await claim(SECOND);
  await end(SECOND);
  expect(await leftovers(inDays(1))).toEqual([]);
});

test('it is swept when the VM is no longer backed up, and after a week', async () => {
  await firstJob();
  expect(await leftovers(inDays(8))).toEqual([expect.stringContaining(FIRST)]);
  await documents.protectedVms.update(KEY, (vm) => vm && { ...vm, orphanedSince: NOW });
  expect(await leftovers(inDays(1))).toEqual([expect.stringContaining(FIRST)]);
});

test.each([
  ['of other disks than the policy wants now', { disks: { exceptLuns: [0] } }],
  [
    'less consistent than the policy wants now',
    { consistency: { ask: 'application', allowFallback: false } },
  ],
])('one that is %s is not gone on with', async (_what, change) => {
  await firstJob();
  await claim(SECOND);
  expect((await prepare(SECOND, change)).takeOver).toBeUndefined();
});

test('one that vanished after it was found good is taken anew, under the name of the job', async () => {
  await claim(SECOND);
  await azure.settings({ backgroundCopySeconds: 0 });
  const taken = await take(SECOND, FIRST);
  expect(taken).toMatchObject({ done: true, result: { restorePointId: expect.stringContaining(SECOND) } });
});

describe('snapshots of single disks, where Azure refuses restore points', () => {
  /** What the first job of a VM that is off leaves: its disks are snapshotted, and being copied. */
  async function firstJobOfDisks() {
    const { subscriptionId, resourceGroup, name } = azure.ref('db');
    await azure.compute.client(subscriptionId).virtualMachines.deallocate(resourceGroup, name);
    running = false;
    const effect = { kind: 'refuse', status: 400, code: 'InvalidParameter', message: 'No restore points.' };
    await azure.fault({ operation: 'restorePoints.create', count: null, effect });
    await claim(FIRST);
    await prepare(FIRST);
    let token: string | undefined;
    for (let polls = 0; (await azure.state()).snapshots.length < 2 && polls < 20; polls++)
      token = tokenOf(await take(FIRST, undefined, token));
    await take(FIRST, undefined, token);
    await end(FIRST, FIRST);
    azure.advance(86_400);
  }
  const snapshotsMade = async () => (await azure.calls())['snapshots.createOrUpdate']?.calls;

  test('are gone on with as well', async () => {
    await firstJobOfDisks();
    expect(await leftovers(inDays(1))).toEqual([]);
    const taken = await secondJobGoesOn();
    expect(taken).toMatchObject({
      done: true,
      result: { diskIds: ['os', 'lun-0'], slowCopyOf: FIRST, consistency: { reached: 'file-system' } },
    });
    expect(await snapshotsMade()).toBe(2);
  });

  test('are not, when the VM was on since: they may be of two instants', async () => {
    await firstJobOfDisks();
    const { subscriptionId, resourceGroup, name } = azure.ref('db');
    const { virtualMachines } = azure.compute.client(subscriptionId);
    await virtualMachines.start(resourceGroup, name);
    await claim(SECOND);
    expect((await prepare(SECOND)).takeOver).toBeUndefined();
    await virtualMachines.deallocate(resourceGroup, name);
    expect((await prepare(SECOND)).takeOver).toBeUndefined();
  });

  test('are not, when one of them is gone', async () => {
    await firstJobOfDisks();
    const { subscriptionId, resourceGroup } = azure.ref('db');
    await azure.compute.client(subscriptionId).snapshots.delete(resourceGroup, `${FIRST}_lun-0`);
    await claim(SECOND);
    expect((await prepare(SECOND)).takeOver).toBeUndefined();
  });
});
