import { connectBlobStore } from '../../../src/storage/azure-blob-store';
import { type EmulatedAzure, emulatedAzure } from '../support/emulated-azure';
import { addedSince, type Inventory, takeInventory } from '../support/inventory';
import { type RunningApp, startRunningApp } from '../support/running-app';

/**
 * Ends jobs in every way at every step, in the compiled app against the emulator, lets the sweep come, and
 * lists the container and the whole subscription: nothing is there without an owner, and nothing is missing
 * that somebody has.
 */
let app: RunningApp;
let azure: EmulatedAzure;
let web: string;
let point: string;
let bytesOfPoint: Record<number, string>;
let before: Inventory;
let aheadMs = 0;

beforeAll(async () => {
  const fleet = [{ name: 'web', os: 'Linux', policy: 'daily', dataDisk: true } as const];
  app = await startRunningApp(fleet, {}, () => new Date(Date.now() + aheadMs));
  azure = emulatedAzure(app.azure.url, app.azure.subscriptionId, 'fleet');
  web = (await app.call('GET', 'vms')).body.vms[0].key;
  bytesOfPoint = await azure.attachedBytes('web');
  const { body } = await app.call('POST', `vms/${web}/backups`, {});
  point = (await app.jobEnds(body.job)).recoveryPoint as string;
  await app.azure.write('web', 7);
});
afterAll(() => app.stop());
beforeEach(async () => {
  before = await takeInventory(app);
  bytesBefore = await azure.attachedBytes('web');
});
let bytesBefore: Record<number, string>;

const store = () => connectBlobStore({ connectionString: app.blobs.connectionString }, 'vault');

/** The record of a job goes, as if somebody had deleted the blob. */
async function loseRecord(job: string): Promise<void> {
  for await (const { name } of store().list('jobs/')) if (name.includes(job)) await store().delete(name);
}

const terminate = async (job: string) => {
  const instance = `${app.host.url}/runtime/webhooks/durabletask/instances/${job}`;
  expect((await fetch(`${instance}/terminate?reason=test`, { method: 'POST' })).status).toBe(202);
};

/** The ways in which a job may end before its end. */
const ENDS: Record<string, (job: string) => Promise<unknown>> = {
  'is cancelled': (job) => app.call('POST', `jobs/${job}/cancel`),
  'is terminated by hand': terminate,
  'loses the task hub': () => app.loseTaskHub(),
  'loses its record': loseRecord,
  'loses the task hub and its record': async (job) => {
    await loseRecord(job);
    await app.loseTaskHub();
  },
};

/** Two hours pass in Azure and in the storage, in which scheduler and sweep have come. */
async function timePasses(): Promise<void> {
  await azure.clearFaults();
  await azure.endOperations();
  await app.until(async () => {
    await azure.endOperations();
    return app.host.client.list({ statuses: ['Pending', 'Running', 'ContinuedAsNew'] }, 1).length === 0;
  });
  aheadMs += 2 * 3_600_000;
  await app.tick('scheduler');
  await app.tick('sweeper');
  await app.tick('sweeper');
}

const TARGETS = {
  disks: { target: 'disks' },
  vm: () => ({ target: 'vm', name: 'web-2', network: { subnet: azure.subnetId } }),
  replace: { target: 'replace', deallocate: true },
};
const start = async (target: keyof typeof TARGETS): Promise<string> => {
  const body = TARGETS[target];
  const accepted = await app.call(
    'POST',
    `recovery-points/${point}/restores`,
    typeof body === 'function' ? body() : body,
  );
  return accepted.body.job;
};

/**
 * What is restored, the operation of Azure during which the job ends, and after how many of them. `HELD_LAST`
 * is when all disks are there and are told from what is half-made: the restore counts.
 */
const HELD_LAST = 3;
const STEPS: [keyof typeof TARGETS, string, number][] = [
  ['disks', 'disks.createOrUpdate', 1],
  ['disks', 'disks.revokeAccess', 0],
  ['disks', 'disks.createOrUpdate', HELD_LAST],
  ['vm', 'networkInterfaces.createOrUpdate', 0],
  ['vm', 'virtualMachines.createOrUpdate', 0],
  ['replace', 'virtualMachines.deallocate', 0],
  ['replace', 'virtualMachines.attachDetachDataDisks', 0],
  ['replace', 'virtualMachines.createOrUpdate', 0],
  ['replace', 'virtualMachines.attachDetachDataDisks', 1],
  ['replace', 'virtualMachines.start', 0],
];

const disksOf = async (vm: string): Promise<string[]> => {
  const { osDisk, dataDisks } = (await azure.vm(vm)).properties.storageProfile;
  return [osDisk, ...dataDisks].map(({ name }: { name: string }) => name);
};

/** The names of all that the records of a job say it has made or left. */
function ownedBy(record: Record<string, { name: string }[] & { name: string }>): string[] {
  const { restoredDisks = [], replacedDisks = [], restoredVm } = record;
  return [...restoredDisks, ...replacedDisks, ...(restoredVm ? [restoredVm] : [])].map(({ name }) => name);
}

describe.each(Object.keys(ENDS))('a restore that %s', (end) => {
  test.each(STEPS)(
    'to "%s" during %s, after %d of them, leaves nothing without an owner',
    async (target, operation, skip) => {
      const held = await azure.hold(operation, skip);
      const job = await start(target);
      await held.underWay();
      await ENDS[end]?.(job);
      await timePasses();

      // Of one time, whichever it is, and running; and nobody is told of anything else.
      expect([bytesBefore, bytesOfPoint]).toContainEqual(await azure.attachedBytes('web'));
      expect(await azure.powerOf('web')).toBe('running');
      const { body } = await app.call('GET', `vms/${web}/protection`);
      expect(body).toMatchObject({ state: 'protected' });
      expect(body).not.toHaveProperty('unfinishedRestore');

      const record = (await app.call('GET', `jobs/${job}`)).body;
      const inventory = await takeInventory(app);
      const counts = skip === HELD_LAST;
      const ofThis = inventory.disks.filter((name) => name.endsWith(job.slice(-6)));
      if (counts) expect(ofThis).toHaveLength(2);
      const owned = [...ownedBy(record), ...(await disksOf('web')), ...(counts ? ofThis : [])];
      const { disks = [], vms = [], ...others } = addedSince(before, inventory);
      expect(disks.filter((name) => !owned.includes(name))).toEqual([]);
      expect({ ...others, vms }).toEqual({ vms: [] });
      expect(inventory.halfMade).toEqual([]);
      // The disks of people, and those of restores that had succeeded before.
      expect(inventory.disks).toEqual(expect.arrayContaining(before.disks));
    },
  );
});

/** Nothing was made, and nothing was lost. */
async function expectNothingNew(): Promise<void> {
  expect(addedSince(before, await takeInventory(app))).toEqual({});
  const { body } = await app.call('GET', `vms/${web}/protection`);
  expect(body).not.toHaveProperty('unfinishedRestore');
  expect((await app.call('GET', 'vms')).body.vms[0]).not.toHaveProperty('runningJob');
}

describe('a restore that Azure refuses', () => {
  const REFUSED = { kind: 'refuse', status: 403, code: 'AuthorizationFailed', message: 'No.' };
  test.each([
    ['disks', 'disks.createOrUpdate', 1],
    ['disks', 'disks.grantAccess', 0],
    ['disks', 'disks.revokeAccess', 0],
    ['vm', 'networkInterfaces.createOrUpdate', 0],
    ['vm', 'virtualMachines.createOrUpdate', 0],
    ['replace', 'virtualMachines.deallocate', 0],
    ['replace', 'virtualMachines.attachDetachDataDisks', 0],
    ['replace', 'virtualMachines.update', 0],
    ['replace', 'virtualMachines.attachDetachDataDisks', 1],
  ] as const)(
    'to "%s" at %s, after %d of them, leaves nothing, and the VM as it was',
    async (target, operation, skip) => {
      await azure.fault(operation, REFUSED, 1, skip);
      expect(await app.jobEnds(await start(target))).toMatchObject({ state: 'Failed' });
      await timePasses();
      expect(await azure.attachedBytes('web')).toEqual(bytesBefore);
      expect(await azure.powerOf('web')).toBe('running');
      await expectNothingNew();
    },
  );

  test('only the change of tags succeeds with a warning, and the sweep makes up for it', async () => {
    await azure.fault('disks.update', REFUSED, null);
    const job = await app.jobEnds(await start('disks'));
    expect(job).toMatchObject({ state: 'Succeeded', warnings: [expect.stringContaining('half-made')] });
    const inventory = await takeInventory(app);
    expect(inventory.halfMade).toHaveLength(2);
    await timePasses();
    expect(await takeInventory(app)).toEqual({ ...inventory, halfMade: [], traces: [] });
  });
});

describe.each(Object.keys(ENDS))('a backup that %s', (end) => {
  test.each(['restorePoints.create', 'diskRestorePoint.grantAccess', 'restorePoints.delete'])(
    'during %s leaves no snapshot, no access and no trace, and its VM free',
    async (operation) => {
      const held = await azure.hold(operation);
      const { body } = await app.call('POST', `vms/${web}/backups`, {});
      await held.underWay();
      await ENDS[end]?.(body.job);
      await timePasses();
      await expectNothingNew();
    },
  );
});

test.each(Object.keys(ENDS))('a verification that %s leaves no trace', async (end) => {
  const { body } = await app.call('POST', `recovery-points/${point}/verifications`);
  await ENDS[end]?.(body.job);
  await timePasses();
  await expectNothingNew();
});

test('until a half-made swap is settled the VM says so, no backup of it counts, and the job names disks and what to do', async () => {
  const old = await disksOf('web');
  const held = await azure.hold('virtualMachines.attachDetachDataDisks', 0);
  const job = await start('replace');
  await held.underWay();
  await terminate(job);
  // The data disk is off, and stays so while somebody has locked the VM.
  await azure.endOperations();
  const locked = { kind: 'refuse', status: 409, code: 'ScopeLocked', message: 'The scope is locked.' };
  await azure.fault('virtualMachines.attachDetachDataDisks', locked, null);
  aheadMs += 2 * 3_600_000;
  await app.tick('scheduler');
  const record = await app.jobEnds(job);
  expect(record).toMatchObject({ state: 'Failed', error: { code: 'JobInterrupted' } });
  const { message } = record.error as { message: string };
  for (const name of old) expect(message).toContain(name);
  expect(message).toMatch(/attach all disks of one of the two lists/);

  await app.tick('sweeper');
  expect(await disksOf('web')).not.toEqual(old);
  const [shown] = (await app.call('GET', 'vms')).body.vms;
  expect(shown).toMatchObject({ unfinishedRestore: job, problem: expect.stringContaining(job) });
  const { body } = await app.call('POST', `vms/${web}/backups`, {});
  const backup = await app.jobEnds(body.job);
  expect(backup).toMatchObject({ state: 'Failed', error: { code: 'RestoreInPlaceUnfinished' } });
  const { leftovers } = (await app.call('GET', 'leftovers')).body;
  expect(leftovers).toMatchObject([
    { job, code: 'ResourceLocked', resourceId: expect.stringMatching(/\/web$/) },
  ]);

  await azure.clearFaults();
  await app.tick('sweeper');
  expect(await disksOf('web')).toEqual(old);
  expect(await azure.powerOf('web')).toBe('running');
  await timePasses();
  await expectNothingNew();
  const again = (await app.call('POST', `vms/${web}/backups`, {})).body;
  expect(await app.jobEnds(again.job)).toMatchObject({ state: 'Succeeded' });
  expect((await app.call('GET', 'leftovers')).body.leftovers).toEqual([]);
});
