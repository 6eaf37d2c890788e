import { requestJson } from '../../../client/http';
import { connectBlobStore } from '../../../src/storage/azure-blob-store';
import type { BlobStore } from '../../../src/storage/blob-store';
import { type EmulatedAzure, emulatedAzure } from '../support/emulated-azure';
import { type RunningApp, startRunningApp } from '../support/running-app';

/** Every number that a person reads, held against what the container lists. */
const FIGURES = [
  'logicalBytes',
  'changedBytes',
  'zeroedBytes',
  'readBytes',
  'sentBytes',
  'storedBytes',
] as const;
type Figures = Record<(typeof FIGURES)[number], number>;
const figuresOf = (from: Figures) => Object.fromEntries(FIGURES.map((name) => [name, from[name]]));
const CONTENT = ['chunks', 'packs', 'digests', 'segments', 'indexes'];

let app: RunningApp;
let azure: EmulatedAzure;
let store: BlobStore;
let keys: Record<string, string>;
const points: Record<string, string[]> = {};
// biome-ignore lint/suspicious/noExplicitAny: documents of every shape
const jobs: any[] = [];

async function backUp(vm: string) {
  const { body } = await app.call('POST', `vms/${keys[vm]}/backups`, {});
  // biome-ignore lint/suspicious/noExplicitAny: see above
  const job: any = await app.jobEnds(body.job);
  expect(job).toMatchObject({ state: 'Succeeded' });
  jobs.push(job);
  points[vm] = [...(points[vm] ?? []), job.recoveryPoint];
  return job;
}
// biome-ignore lint/suspicious/noExplicitAny: see above
async function restore(point: string, body: object): Promise<any> {
  const { body: accepted } = await app.call('POST', `recovery-points/${point}/restores`, body);
  return app.jobEnds(accepted.job);
}
async function bytesUnder(prefix: string) {
  let bytes = 0;
  for await (const { sizeBytes } of store.list(prefix)) bytes += sizeBytes;
  return bytes;
}
async function maintain(dryRun: boolean) {
  const { body } = await app.call('POST', 'maintenance', { dryRun });
  // biome-ignore lint/suspicious/noExplicitAny: see above
  const job: any = await app.jobEnds(body.job);
  expect(job).toMatchObject({ state: 'Succeeded', warnings: [] });
  return job.maintenance;
}
/** What people do to a snapshot in the portal. */
async function deleteSnapshots() {
  const api = 'api-version=2025-04-01';
  const all = `${app.azure.url}/subscriptions/${app.azure.subscriptionId}/providers/Microsoft.Compute/restorePointCollections`;
  const { body } = await requestJson<{ value: { id: string }[] }>('GET', `${all}?${api}`);
  for (const { id } of body.value) await requestJson('DELETE', `${app.azure.url}${id}?${api}`);
  await azure.endOperations();
}

beforeAll(async () => {
  app = await startRunningApp([
    { name: 'web', os: 'Linux', policy: 'hourly', dataDisk: true },
    { name: 'twin', os: 'Linux', policy: 'daily', dataDisk: true },
    { name: 'odd', os: 'Linux', policy: 'no-such-policy' },
  ]);
  azure = emulatedAzure(app.azure.url, app.azure.subscriptionId, 'fleet');
  const { body } = await app.call('GET', 'vms');
  keys = Object.fromEntries(body.vms.map(({ name, key }: { name: string; key: string }) => [name, key]));
  store = connectBlobStore({ connectionString: app.blobs.connectionString }, 'vault');
  await Promise.all([backUp('web'), backUp('twin')]);
  await app.azure.write('web', 7);
  await backUp('web');
  await backUp('twin');
});
afterAll(() => app.stop());
afterEach(() => app.calm(azure));

test('each disk of a point tells its size, what of it is in use, and how that was found', async () => {
  const disksOf = async (vm: string, at: number) => {
    const { body } = await app.call('GET', `recovery-points/${points[vm]![at]}`);
    return body.disks as { sizeBytes: number; allocatedBytes?: number; mode: string; basePoint?: string }[];
  };
  for (const vm of ['web', 'twin']) {
    for (const { sizeBytes, allocatedBytes, mode, basePoint } of await disksOf(vm, 0)) {
      expect({ mode, basePoint }).toEqual({ mode: 'full', basePoint: undefined });
      expect(allocatedBytes).toBeGreaterThan(0);
      expect(allocatedBytes).toBeLessThanOrEqual(sizeBytes);
    }
  }
  for (const disk of await disksOf('twin', 1)) {
    expect(disk).toMatchObject({
      mode: 'checksum',
      basePoint: points.twin![0],
      allocatedBytes: expect.any(Number),
    });
  }
  for (const disk of await disksOf('web', 1)) {
    expect(disk).toMatchObject({ mode: 'changed-blocks', basePoint: points.web![0] });
    // Azure listed what changed, and nothing else.
    expect(disk.allocatedBytes).toBeUndefined();
  }
});

test('the figures of disks, jobs and points are the same, and add up to what the container lists', async () => {
  let stored = 0;
  for (const job of jobs) {
    const { body: point } = await app.call('GET', `recovery-points/${job.recoveryPoint}`);
    expect(figuresOf(point)).toEqual(figuresOf(job));
    for (const disk of job.disks) {
      const ofPoint = point.disks.find(({ diskId }: { diskId: string }) => diskId === disk.diskId);
      expect(figuresOf(ofPoint)).toEqual(figuresOf(disk));
      expect(disk.logicalBytes).toBe(disk.sizeBytes);
    }
    for (const name of FIGURES) {
      const sum = job.disks.reduce((bytes: number, disk: Figures) => bytes + disk[name], 0);
      expect([name, job[name]]).toEqual([name, sum]);
    }
    stored += job.storedBytes;
  }
  let listed = 0;
  for (const kind of CONTENT) listed += await bytesUnder(`${kind}/`);
  expect(stored).toBe(listed);
});

test('a point says where it can be restored from now, and a restore which copy it reads, to its end', async () => {
  const web = points.web?.[1] ?? '';
  const tier = async () => (await app.call('GET', `recovery-points/${web}`)).body.tier;
  expect(await tier()).toBe('snapshot+vault');
  const quick = await restore(web, { target: 'disks' });
  expect(quick.disks).toMatchObject([{ from: 'snapshot' }, { from: 'snapshot' }]);
  for (const { plannedBytes, readBytes } of quick.disks) expect(readBytes).toBe(plannedBytes);

  const asked = await restore(web, { target: 'disks', from: 'vault' });
  expect(asked).toMatchObject({ state: 'Succeeded', disks: [{ from: 'vault' }, { from: 'vault' }] });
  for (const { plannedBytes, readBytes } of asked.disks) {
    expect(plannedBytes).toBeGreaterThan(0);
    expect(readBytes).toBe(plannedBytes);
  }
  const refused = await app.call('POST', `recovery-points/${web}/restores`, {
    target: 'disks',
    from: 'tape',
  });
  expect(refused).toMatchObject({ status: 400, body: { field: 'from' } });

  await deleteSnapshots();
  expect(await tier()).toBe('vault');
  expect((await restore(web, { target: 'disks' })).disks).toMatchObject([
    { from: 'vault' },
    { from: 'vault' },
  ]);
  const next = await backUp('web');
  for (const { reason } of next.disks)
    expect(reason).toBe('the kept snapshot is gone from Azure: the blocks were read and compared');
});

test('a deleted point is listed where asked, answers 410 with all about it, and comes back for every caller', async () => {
  const point = points.twin?.[1] ?? '';
  const vm = point.slice(0, point.indexOf('.'));
  const list = async (query = '') =>
    (await app.call('GET', `vms/${vm}/recovery-points${query}`)).body.recoveryPoints;
  const dry = await app.call('DELETE', `recovery-points/${point}?dryRun=true`);
  expect(dry).toMatchObject({ status: 200, body: { dryRun: true, freesFrom: dry.body.undeleteUntil } });
  expect(await list()).toHaveLength(2);

  const before = await app.call('GET', `recovery-points/${point}`);
  const gone = (await app.call('DELETE', `recovery-points/${point}`)).body;
  expect(await list()).toHaveLength(1);
  const deleted = { at: gone.deletedAt, by: 'api', undeleteUntil: gone.undeleteUntil };
  expect((await list('?deleted=include'))[1]).toMatchObject({ id: point, deleted });
  const asked = await app.call('GET', `recovery-points/${point}`);
  expect(asked).toMatchObject({
    status: 410,
    body: {
      code: 'RecoveryPointDeleted',
      deletedAt: gone.deletedAt,
      deletedBy: 'api',
      undeleteUntil: gone.undeleteUntil,
    },
  });
  expect((await app.call('POST', `recovery-points/${point}/restores`, { target: 'disks' })).status).toBe(410);

  // What the dry run said is what waits for the end of the grace period.
  expect((await maintain(true)).waitingBytes).toBe(dry.body.freesBytes);
  const callers = await Promise.all(
    Array.from({ length: 4 }, () => app.call('POST', `recovery-points/${point}/undelete`)),
  );
  for (const { status, body } of callers) {
    expect(status).toBe(200);
    expect(body).toEqual(before.body);
  }
  expect((await app.call('GET', `recovery-points/${point.replace('.2', '.1')}`)).status).toBe(404);
});

test('a point can be held, and its end moved later', async () => {
  const point = points.web?.[0] ?? '';
  const route = `recovery-points/${point}`;
  expect((await app.call('PUT', `${route}/hold`, {})).body).toMatchObject({ status: 400, field: 'reason' });
  const held = await app.call('PUT', `${route}/hold`, { reason: 'case 17' });
  expect(held).toMatchObject({ status: 200, body: { id: point, hold: { reason: 'case 17' } } });
  expect((await app.call('GET', route)).body.hold).toEqual(held.body.hold);
  for (const query of ['', '?dryRun=true']) {
    const refused = await app.call('DELETE', `${route}${query}`);
    expect(refused).toMatchObject({ status: 409, body: { code: 'RecoveryPointHeld' } });
    expect(refused.body.detail).toContain('case 17');
  }
  expect((await app.call('DELETE', `${route}/hold`)).body).toEqual({ id: point });

  const until = '2099-01-01T00:00:00.000Z';
  expect((await app.call('PUT', `${route}/retention`, { retainUntil: until })).status).toBe(200);
  expect((await app.call('GET', route)).body.retainUntil).toBe(until);
  const earlier = await app.call('PUT', `${route}/retention`, { retainUntil: '2090-01-01T00:00:00Z' });
  expect(earlier).toMatchObject({ status: 409, body: { code: 'RetentionNotLater' } });
});

test('a dry run of maintenance and the real one say the same; the vault shows what the container lists', async () => {
  const point = points.twin?.[1] ?? '';
  await app.call('DELETE', `recovery-points/${point}`);
  const dry = await maintain(true);
  const real = await maintain(false);
  expect(dry).toEqual({ ...real, dryRun: true });
  expect(real).toMatchObject({ waitingPoints: 1, freedBytes: 0 });

  const { body: vault } = await app.call('GET', 'vault');
  for (const kind of [...CONTENT, 'points', 'tombstones']) {
    expect([kind, vault.bytes[kind]]).toEqual([kind, await bytesUnder(`${kind}/`)]);
  }
  const content = CONTENT.reduce((sum, kind) => sum + vault.bytes[kind], 0);
  expect(vault.neededBytes + vault.unneededBytes).toBe(content);
  expect(vault).toMatchObject({
    points: Object.values(points).flat().length - 1,
    deletedPoints: 1,
    damageNotes: 0,
  });
  expect(vault.nextCollection.waitingBytes).toBe(real.waitingBytes);
  const own = vault.vms.reduce((sum: number, { ownBytes }: { ownBytes: number }) => sum + ownBytes, 0);
  const shared = Math.max(...vault.vms.map(({ sharedBytes }: { sharedBytes: number }) => sharedBytes));
  expect(own + shared).toBe(vault.neededBytes);
});

test('a VM whose tag names no policy is not protected', async () => {
  const { body } = await app.call('GET', 'vms');
  const odd = body.vms.find(({ name }: { name: string }) => name === 'odd');
  expect(odd).toMatchObject({ protection: 'none', problem: 'There is no policy no-such-policy.' });
});

test('a policy that is wrong in many places is told of all of them at once', async () => {
  const schedule = { frequency: 'daily', times: ['25:00'], timeZone: 'Nowhere' };
  const bad = { schedule, retention: { daily: 0 }, instantRestoreDays: 99, disks: {}, colour: 'red' };
  const { status, body } = await app.call('PUT', 'policies/bad', bad);
  expect(status).toBe(400);
  const fields = body.faults.map(({ field }: { field: string }) => field).sort();
  expect(fields).toEqual([
    'colour',
    'disks',
    'instantRestoreDays',
    'retention.daily',
    'schedule.timeZone',
    'schedule.times.0',
  ]);
});

test('a deleted VM that still has points is gone, not unknown', async () => {
  await azure.deleteVm('twin');
  await azure.endOperations();
  const { status, body } = await app.call('POST', `vms/${keys.twin}/backups`, {});
  expect(status).toBe(410);
  expect(body.code).toBe('VmIsGone');
  expect(body.detail).toContain(`its recovery points are at /api/vms/${keys.twin}/recovery-points`);
  expect((await app.call('POST', 'vms/nobody-00000000/backups', {})).status).toBe(404);
});
