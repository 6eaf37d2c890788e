import { randomBytes } from 'node:crypto';
import { type Azurite, startAzurite } from '../../../local/azurite/azurite';
import type { DiskSource } from '../../../src/disks/ports';
import { connectBlobStore } from '../../../src/storage/azure-blob-store';
import type { BlobStore } from '../../../src/storage/blob-store';
import { memoryBlobStore } from '../../../src/storage/memory-blob-store';
import { CONTENT_FOLDERS } from '../../../src/vault/garbage/content-folders';
import { completeDisk } from '../../../src/vault/transfer/complete-disk';
import { planTransfer } from '../../../src/vault/transfer/plan-transfer';
import { transferPart } from '../../../src/vault/transfer/transfer-part';
import { openVault } from '../../../src/vault/vault';
import { backUp, transferDisk } from '../support/backups';
import { mortalStore } from '../support/failing-store';
import { SimulatedDisk } from '../support/simulated-disk';

const MiB = 1024 * 1024;
let azurite: Azurite;
let containers = 0;
beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(async () => azurite.stop());

const connect = (container: string) =>
  connectBlobStore({ connectionString: azurite.connectionString }, container);

/** The judge: what the container lists of content. */
async function contentBytes(store: BlobStore): Promise<number> {
  let bytes = 0;
  for (const folder of CONTENT_FOLDERS)
    for await (const { sizeBytes } of store.list(folder)) bytes += sizeBytes;
  return bytes;
}

/** Whole chunks, sparse ones, twins within the disk unless told otherwise. */
function goldenImage(chunks: number, twins = true) {
  const disk = new SimulatedDisk(chunks * 4 * MiB);
  const twin = randomBytes(4 * MiB);
  for (let chunk = 0; chunk < chunks; chunk += 1) {
    if (twins && chunk % 9 === 0) disk.write(chunk * 4 * MiB, twin);
    else if (chunk % 5 === 0) disk.write(chunk * 4 * MiB + 8192, randomBytes(40_960));
    else disk.write(chunk * 4 * MiB, randomBytes(4 * MiB));
  }
  return disk.snapshot();
}

const clones = (source: DiskSource) => [[{ diskId: 'os', source }], [{ diskId: 'lun-0', source }]];
const pointOf = (vm: number) => `vm-${vm}.20300101t000000z`;

test('two clones that one process backs up at the same time are sent once and stored once', async () => {
  const store = connect(`one-${containers++}`);
  const vault = await openVault(store);
  const source = goldenImage(30).source();
  const points = await Promise.all(clones(source).map((disks, vm) => backUp(vault, disks, pointOf(vm))));
  const counts = points.map(({ disks }) => disks[0]!.counts);
  const listed = await contentBytes(store);
  expect(counts[0]!.storedBytes + counts[1]!.storedBytes).toBe(listed);
  expect(counts[0]!.sentBytes + counts[1]!.sentBytes).toBe(listed);
});

test.each([
  ['with twins in it', true],
  ['without', false],
])(
  'two processes that back up a disk %s count each blob once, and seldom send the same one',
  async (_, twins) => {
    const container = `two-${containers++}`;
    const source = goldenImage(90, twins).source();
    // Each with a connection of its own: nothing in memory is shared, as between two processes.
    const vaults = [await openVault(connect(container)), await openVault(connect(container))];
    const points = await Promise.all(
      clones(source).map((disks, vm) => backUp(vaults[vm]!, disks, pointOf(vm))),
    );
    const counts = points.map(({ disks }) => disks[0]!.counts);
    const listed = await contentBytes(vaults[0]!.store);
    expect(counts[0]!.storedBytes + counts[1]!.storedBytes).toBe(listed);
    expect(counts[0]!.sentBytes + counts[1]!.sentBytes).toBeLessThan(listed * 1.5);
    expect(points[0]!.disks[0]!.index).toBe(points[1]!.disks[0]!.index);
  },
);

test('a try that goes on after one that was killed counts what that one had stored', async () => {
  const snapshot = goldenImage(24);
  const source = snapshot.source();
  const part = { runId: 'run-1', diskId: 'os', part: 0, source, checkpointBytes: 8 * MiB };
  const undisturbed = await openVault(memoryBlobStore());
  await planTransfer(undisturbed, part);
  const whole = mortalStore(undisturbed.store);
  await transferPart({ ...undisturbed, store: whole.store }, part);
  for (const share of [0.2, 0.5, 0.9]) {
    const store = memoryBlobStore();
    const vault = await openVault(store);
    await planTransfer(vault, part);
    const doomed = mortalStore(store, Math.floor(whole.requests() * share));
    await expect(transferPart({ ...vault, store: doomed.store }, part)).rejects.toThrow();
    await transferPart({ ...vault, store: mortalStore(store).store }, part);
    const { counts } = await completeDisk(vault, part);
    expect(counts.storedBytes).toBe(await contentBytes(store));
    expect((await completeDisk(vault, part)).counts.storedBytes).toBe(counts.storedBytes);
  }
});

test('an answer that gets lost makes no blob somebody else’s', async () => {
  const store = memoryBlobStore();
  const forgetful: BlobStore = {
    ...store,
    // As when a connection breaks after the service has written, and the client asks again.
    put: async (name, body, condition, signal) => {
      await store.put(name, body, condition, signal);
      return store.put(name, body, condition, signal);
    },
  };
  const vault = await openVault(forgetful);
  const { counts } = await transferDisk(vault, 'run-1', { diskId: 'os', source: goldenImage(6).source() });
  expect(counts.storedBytes).toBe(await contentBytes(store));
});
