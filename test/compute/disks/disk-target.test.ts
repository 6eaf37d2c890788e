import { createHash, randomBytes } from 'node:crypto';
import type { DataRequest } from '../../../src/compute/data-plane/http';
import { closeDiskAccess } from '../../../src/compute/disks/disk-access';
import { openDiskTarget } from '../../../src/compute/disks/disk-target';
import { createRestoreDisk } from '../../../src/compute/restore/restore-disk';
import { type Azure, complete, failureOf, MIB, startAzure } from '../support/azure';

/** Data, holes of all sizes, a single byte at the end. */
const content = Buffer.concat([
  randomBytes(9 * MIB),
  Buffer.alloc(3 * MIB),
  randomBytes(4096),
  Buffer.alloc(2 * MIB),
]);
content[content.length - 1] = 1;
let azure: Azure;
let disks = 0;

beforeAll(async () => {
  azure = await startAzure([{ name: 'vm', os: 'Linux', disks: [{ lun: -1, sizeBytes: MIB }] }]);
});
afterEach(() => azure.clearFaults());
afterAll(() => azure.close());

/** A connection that gives up soon and keeps what it sent. */
async function newTarget() {
  const { subscriptionId, resourceGroup } = azure.ref('vm');
  const name = `restored-${++disks}`;
  const order = {
    jobId: 'r',
    subscriptionId,
    resourceGroup,
    name,
    location: 'westeurope',
    sizeBytes: content.length,
  };
  const { resourceId } = (await complete(createRestoreDisk, azure.compute, order)).result;
  const sent: Omit<DataRequest, 'sas'>[] = [];
  const { dataPlane } = azure.compute;
  const compute = {
    ...azure.compute,
    patience: { tries: 3, firstWaitMs: 1, longestWaitMs: 2 },
    dataPlane: {
      ...dataPlane,
      send: (request: DataRequest) => {
        sent.push(request);
        return dataPlane.send(request);
      },
    },
  };
  const target = await openDiskTarget(compute, { diskResourceId: resourceId, sizeBytes: content.length });
  const close = () => complete(closeDiskAccess, azure.compute, { sourceId: resourceId });
  return { name, target, sent, close };
}

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

describe('writing a disk', () => {
  it('gives exactly the bytes that were written, whatever their order, and twice is as good as once', async () => {
    const { name, target, close } = await newTarget();
    const pieces = [8 * MIB, 0, 4 * MIB, 8 * MIB, 12 * MIB];
    for (const offset of pieces) await target.write(offset, content.subarray(offset, offset + 4 * MIB));
    await target.finish();
    await target.finish();
    await close();
    expect(await azure.sha256Of(name)).toBe(sha256(content));
  });

  it('sends no more than 4 MiB at once, and no zeros that are not next to data', async () => {
    const { target, sent } = await newTarget();
    await target.write(0, content);
    const lengths = sent.map(({ body }) => body?.byteLength ?? 0);
    expect(Math.max(...lengths)).toBe(4 * MIB);
    expect(lengths.reduce((sum, length) => sum + length, 0)).toBeLessThan(9 * MIB + 3 * 64 * 1024);
    await target.write(0, Buffer.alloc(4 * MIB));
    expect(sent).toHaveLength(lengths.length);
  });

  it('rides out a busy service, and a link that is over in the middle', async () => {
    const { name, target, close } = await newTarget();
    const busy = { kind: 'refuse', status: 503, code: 'ServerBusy', retryAfterSeconds: 0 };
    await azure.fault({ operation: 'blob.uploadPages', count: 2, effect: busy });
    await target.write(0, content.subarray(0, 8 * MIB));
    await azure.fault({ operation: 'blob.uploadPages', effect: { kind: 'expire' } });
    await target.write(8 * MIB, content.subarray(8 * MIB));
    await target.finish();
    await close();
    expect(await azure.sha256Of(name)).toBe(sha256(content));
  });

  it('gives up with a typed failure', async () => {
    const { target } = await newTarget();
    const busy = { kind: 'refuse', status: 503, code: 'ServerBusy', retryAfterSeconds: 0 };
    await azure.fault({ operation: 'blob.uploadPages', count: null, effect: busy });
    const failure = await failureOf(target.write(0, content));
    expect(failure).toMatchObject({ step: 'restore', code: 'DiskUploadFailed', retryable: true });
  });

  it.each([
    ['not aligned', 100, 512],
    ['no whole pages', 0, 100],
    ['beyond the end', content.length - 512, 1024],
    ['before the start', -512, 512],
  ])('refuses what is %s', async (_, offset, length) => {
    const { target, sent } = await newTarget();
    expect(await failureOf(target.write(offset, Buffer.alloc(length, 1)))).toMatchObject({
      code: 'DiskUploadFailed',
    });
    expect(sent).toEqual([]);
  });
});
