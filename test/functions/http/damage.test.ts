import { createHash } from 'node:crypto';
import { connectBlobStore } from '../../../src/storage/azure-blob-store';
import type { BlobStore } from '../../../src/storage/blob-store';
import { listDamage } from '../../../src/vault/objects/damage-notes';
import { readPoint } from '../../../src/vault/points';
import { openDiskImage } from '../../../src/vault/restore/disk-image';
import { openVault, type Vault } from '../../../src/vault/vault';
import { startWithBackedUpVm } from '../support/backed-up-vm';
import type { EmulatedAzure } from '../support/emulated-azure';
import type { RunningApp } from '../support/running-app';

/** What becomes of damage in the vault, in the compiled app against the emulator. */
let app: RunningApp;
let azure: EmulatedAzure;
let web: string;
let store: BlobStore;
let vault: Vault;
let point: string;
let bytesOfPoint: Record<number, string>;
/** Everything that the vault held when its only point was made. */
const sound = new Map<string, Buffer>();

const DISK_BYTES = 1024 * 1024;
const LUNS: Record<string, number> = { os: -1, 'lun-0': 0 };
const ZEROS = createHash('sha256').update(Buffer.alloc(DISK_BYTES)).digest('hex');

beforeAll(async () => {
  ({ app, azure, web, point, bytesOfPoint } = await startWithBackedUpVm());
  store = connectBlobStore({ connectionString: app.blobs.connectionString }, 'vault');
  vault = await openVault(store);
  for (const prefix of ['vault.json', 'points/', 'chunks/', 'packs/', 'digests/', 'segments/', 'indexes/'])
    for await (const { name } of store.list(prefix)) sound.set(name, (await store.get(name))!.body);
});
afterAll(() => app.stop());
afterEach(async () => {
  for (const [name, body] of sound) await store.put(name, body);
  for await (const { name } of store.list('damage/')) await store.delete(name);
  await app.calm(azure);
});

const start = async (path: string, body?: object) => {
  const answer = await app.call('POST', path, body);
  expect(answer.status).toBe(202);
  return app.jobEnds(answer.body.job);
};
// biome-ignore lint/suspicious/noExplicitAny: job documents are looked into
const verify = (): Promise<any> => start(`recovery-points/${point}/verifications`);
// biome-ignore lint/suspicious/noExplicitAny: see above
const restore = (body: object): Promise<any> =>
  start(`recovery-points/${point}/restores`, { target: 'disks', ...body });

/** Everything that a job found damaged, a page of one after the other. */
async function damageOf(job: { id: string }) {
  const all: { diskId: string; offset: number; length: number; object: string; lost: boolean }[] = [];
  let after = '';
  do {
    const { body } = await app.call('GET', `jobs/${job.id}/damage?limit=1${after && `&after=${after}`}`);
    expect(body.damage.length).toBeLessThanOrEqual(1);
    all.push(...body.damage);
    after = body.next ?? '';
  } while (after);
  return all;
}

/** The names of what the disks of the point need. */
async function namesOf(diskId: string) {
  const image = await openDiskImage(vault, point, diskId);
  const [entry] = await image.readSegment(0);
  return { index: `indexes/${image.indexName}`, pack: `packs/${entry!.patches[0]!.data!.pack.name}` };
}

test('a verification reports what is damaged of every disk, also of one without an index, and ends at its plan', async () => {
  const { index } = await namesOf('os');
  const { pack } = await namesOf('lun-0');
  await store.delete(index);
  await store.put(pack, Buffer.from('something else'));
  const job = await verify();
  expect(job).toMatchObject({ state: 'Failed', error: { code: 'VaultObjectMissing' } });
  expect(job.error.message).toMatch(new RegExp(`${index}.*${pack}.*jobs/${job.id}/damage`));
  const shown = { state: 'failed', plannedBytes: DISK_BYTES, readBytes: DISK_BYTES };
  const damage = { bytes: DISK_BYTES, ranges: 1, first: [{ offset: 0, length: DISK_BYTES }] };
  expect(job.disks).toMatchObject([
    { ...shown, damage },
    { ...shown, damage },
  ]);
  expect(await damageOf(job)).toMatchObject([
    { diskId: 'lun-0', offset: 0, length: DISK_BYTES, object: expect.stringContaining(pack), lost: true },
    { diskId: 'os', offset: 0, length: DISK_BYTES, object: index, lost: true },
  ]);
  expect((await listDamage(store)).sort()).toEqual([index, pack]);
});

test('digests that are gone are no loss: the verification says so, and the next backup writes them again', async () => {
  const digests = [...sound.keys()].filter((name) => name.startsWith('digests/'));
  for (const name of digests) await store.delete(name);
  const job = await verify();
  const warning = expect.stringContaining('No byte is lost');
  expect(job).toMatchObject({ state: 'Succeeded', warnings: [warning, warning] });
  expect((await damageOf(job)).map(({ lost }) => lost)).toEqual([false, false]);
  expect((await listDamage(store)).sort()).toEqual(digests.sort());
});

test('a manifest that is damaged is what its verification fails of, by name', async () => {
  const name = `points/${point}.json`;
  await store.put(name, Buffer.from('{"formatVersion": 1'));
  expect(await verify()).toMatchObject({
    kind: 'verification',
    vm: web,
    state: 'Failed',
    error: { code: 'VaultDocumentInvalid', message: expect.stringContaining(name) },
  });
  await store.delete(name);
  expect((await app.call('POST', `recovery-points/${point}/verifications`)).status).toBe(404);
});

test('a restore is refused with every range, and leaves nothing in Azure but a note in the vault', async () => {
  const { pack } = await namesOf('lun-0');
  await store.delete(pack);
  const before = await azure.disks();
  const job = await restore({});
  expect(job).toMatchObject({ state: 'Failed', error: { code: 'VaultObjectMissing' } });
  expect(await damageOf(job)).toMatchObject([{ diskId: 'lun-0', offset: 0, length: DISK_BYTES }]);
  expect(await azure.disks()).toEqual(before);
  expect(await listDamage(store)).toEqual([pack]);
});

test.each([['pack'], ['index']] as const)(
  'asked to skip a %s that is gone, it restores the other disk whole and this one with zeros, which its tags name',
  async (what) => {
    await store.delete((await namesOf('lun-0'))[what]);
    const job = await restore({ damaged: 'skip' });
    expect(job).toMatchObject({ state: 'Succeeded', warnings: [expect.stringContaining('holds zeros')] });
    const hashes: Record<string, string> = {};
    for (const { diskId, name } of job.restoredDisks) hashes[diskId] = await azure.sha256(name);
    expect(hashes).toEqual({ os: bytesOfPoint[-1], 'lun-0': ZEROS });
    const damage = { bytes: DISK_BYTES, ranges: 1, first: [{ offset: 0, length: DISK_BYTES }] };
    const [os, data] = ['os', 'lun-0'].map((id) =>
      job.disks.find((disk: { diskId: string }) => disk.diskId === id),
    );
    expect(os.damage).toBeUndefined();
    expect(data).toMatchObject({ state: 'done', damage, readBytes: DISK_BYTES, plannedBytes: DISK_BYTES });
    expect(await damageOf(job)).toMatchObject([{ diskId: 'lun-0', offset: 0, length: DISK_BYTES }]);
    const tags: Record<string, string>[] = [];
    for (const { name } of job.restoredDisks) tags.push((await azure.disk(name)).tags);
    expect(tags.map((one) => one['durable-vm-backup-zeros-1'])).toEqual([undefined, `0+${DISK_BYTES}`]);
    expect(tags[1]?.['durable-vm-backup-zeros']).toContain(`jobs/${job.id}/damage`);
    for (const one of tags) expect(Object.keys(one).length).toBeGreaterThanOrEqual(3);
  },
);

test('what a restore met is healed by the next backup, and its point is whole', async () => {
  const { pack } = await namesOf('lun-0');
  await store.delete(pack);
  await restore({});
  const now = await azure.attachedBytes('web');
  const { recoveryPoint } = await start(`vms/${web}/backups`, {});
  const job = await start(`recovery-points/${recoveryPoint}/restores`, { target: 'disks' });
  expect(job.state).toBe('Succeeded');
  for (const { diskId, name } of job.restoredDisks as { diskId: string; name: string }[])
    expect(await azure.sha256(name)).toBe(now[LUNS[diskId]!]);
  await app.call('DELETE', `recovery-points/${recoveryPoint}`);
});

test('maintenance goes on around a point that cannot be read, and says which', async () => {
  const { disks } = await readPoint(vault, point);
  await store.delete(`indexes/${disks[0]!.index}`);
  const job = await start('maintenance', {});
  expect(job.state).toBe('Succeeded');
  expect((job.warnings as string[])[0]).toMatch(new RegExp(`${point}.*VaultObjectMissing`));
});

test('a container that is another vault by now is written to no more, says so, and may be put right', async () => {
  const { body } = (await store.get('vault.json'))!;
  await store.delete('vault.json');
  const namesNow = async () => {
    const names: string[] = [];
    for (const folder of ['points/', 'chunks/', 'packs/', 'segments/', 'runs/', 'tombstones/'])
      for await (const { name } of store.list(folder)) names.push(name);
    return names;
  };
  const before = await namesNow();
  for (const [path, what] of [
    [`vms/${web}/backups`, 'backup'],
    ['maintenance', 'maintenance'],
    [`recovery-points/${point}/verifications`, 'verification'],
  ])
    expect(await start(path ?? '', {})).toMatchObject({
      kind: what,
      state: 'Failed',
      error: { code: 'VaultChanged' },
    });
  expect(await app.call('DELETE', `recovery-points/${point}`)).toMatchObject({
    body: { code: 'VaultChanged' },
  });
  expect(await app.call('GET', 'health')).toMatchObject({ status: 503, body: { code: 'VaultChanged' } });
  expect(await namesNow()).toEqual(before);
  expect(await restore({})).toMatchObject({ state: 'Succeeded' });
  await store.put('vault.json', body);
  expect(await start(`vms/${web}/backups`, {})).toMatchObject({ state: 'Succeeded' });
  expect((await app.call('GET', 'health')).status).toBe(200);
});
