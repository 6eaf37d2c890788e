import { pollDelaySeconds } from '../../../src/basics/poll-delay';
import { openDiskAccess } from '../../../src/compute/disks/disk-access';
import { takeSnapshot } from '../../../src/compute/snapshots/take-snapshot';
import { type Azure, failureOf, MIB, startAzure } from '../support/azure';

const HOUR = 3600;
let azure: Azure;
let ahead: number;

beforeEach(async () => {
  ahead = 0;
  const now = Date.now.bind(Date);
  jest.spyOn(Date, 'now').mockImplementation(() => now() + ahead * 1000);
  const disks = [-1, 0].map((lun) => ({
    lun,
    sizeBytes: MIB,
    sku: lun < 0 ? 'Premium_LRS' : 'PremiumV2_LRS',
  }));
  azure = await startAzure([
    { name: 'db', os: 'Linux', disks },
    { name: 'off', os: 'Linux', powerState: 'deallocated', disks },
  ]);
});
afterEach(async () => {
  jest.restoreAllMocks();
  await azure.close();
});

const input = (name: string) => ({
  ref: azure.ref(name),
  jobId: 'job-1',
  os: 'Linux' as const,
  running: name === 'db',
  consistency: 'file-system' as const,
  fallbackAllowed: false,
  diskCount: 2,
});

/** Takes a snapshot as an orchestrator does, the waits included. */
async function take(name: string) {
  let operation = await takeSnapshot(azure.compute, input(name));
  let polls = 0;
  for (let waited = 0; !operation.done; polls++) {
    const delay = pollDelaySeconds(polls, operation.retryAfterSeconds, waited);
    waited += delay;
    ahead += delay;
    operation = await takeSnapshot(azure.compute, input(name), operation.token);
  }
  return { snapshot: operation.result, polls };
}
const refusePoints = () => {
  const effect = { kind: 'refuse', status: 400, code: 'InvalidParameter', message: 'No restore points.' };
  return azure.fault({ operation: 'restorePoints.create', count: null, effect });
};

describe('disks that Azure copies in the background', () => {
  it('are waited for as long as the copy advances, by polls that grow sparser', async () => {
    await azure.settings({ backgroundCopySeconds: 20 * HOUR });
    const { snapshot, polls } = await take('db');
    expect(ahead).toBeGreaterThanOrEqual(20 * HOUR);
    expect(ahead).toBeLessThan(22 * HOUR);
    expect(polls).toBeLessThan(80);
    expect(snapshot).toMatchObject({
      copiedInBackground: true,
      disks: [{ diskId: 'os' }, { diskId: 'lun-0' }],
    });
    const sourceId = snapshot.disks[1]?.sourceId ?? '';
    await openDiskAccess(azure.compute, { sourceId, access: 'Read' });
  });

  it('are given up when the copy has not advanced for two hours', async () => {
    await azure.settings({ backgroundCopySeconds: 1e9 });
    expect(await failureOf(take('db'))).toMatchObject({ code: 'ComputeOperationTimedOut', step: 'snapshot' });
    expect(ahead).toBeLessThan(3 * HOUR);
  });

  it('count as what they were when the snapshot was taken, also when the VM is started during the copy', async () => {
    await azure.settings({ backgroundCopySeconds: 20 * HOUR });
    const begun = await takeSnapshot(azure.compute, input('off'));
    if (begun.done) throw new Error('It cannot be done yet.');
    const { subscriptionId, resourceGroup, name } = azure.ref('off');
    await azure.compute.client(subscriptionId).virtualMachines.start(resourceGroup, name);
    ahead += 20 * HOUR;
    await azure.settings({ backgroundCopySeconds: 1 });
    // The limit counts from the last look, which was hours ago.
    const token = JSON.stringify({ ...JSON.parse(begun.token), deadline: Date.now() + HOUR * 1000 });
    const taken = await takeSnapshot(azure.compute, input('off'), token);
    expect(taken).toMatchObject({ done: true, result: { consistency: { reached: 'file-system' } } });
  });

  it('are copied all at the same time where restore points are refused, and may run meanwhile', async () => {
    await azure.settings({ backgroundCopySeconds: 20 * HOUR });
    await refusePoints();
    let operation = await takeSnapshot(azure.compute, input('off'));
    for (let polls = 0; !operation.done && (await azure.state()).snapshots.length < 2; polls++) {
      if (polls > 20) throw new Error('The second disk waits for the first.');
      operation = await takeSnapshot(azure.compute, input('off'), operation.token);
    }
    if (operation.done) throw new Error('It cannot be done yet.');
    const { subscriptionId, resourceGroup, name } = azure.ref('off');
    await azure.compute.client(subscriptionId).virtualMachines.start(resourceGroup, name);
    await azure.settings({ backgroundCopySeconds: 0 });
    operation = await takeSnapshot(azure.compute, input('off'), operation.token);
    expect(operation).toMatchObject({ done: true, result: { consistency: { reached: 'file-system' } } });
  });

  it('are not handed out before they are there', async () => {
    await azure.settings({ backgroundCopySeconds: 20 * HOUR });
    await takeSnapshot(azure.compute, input('db'));
    const { restorePoints } = await azure.state();
    const { subscriptionId, resourceGroup } = azure.ref('db');
    const client = azure.compute.client(subscriptionId).diskRestorePoint;
    const [, collection = '', point = ''] =
      /restorePointCollections\/([^/]+)\/restorePoints\/([^/]+)/.exec(restorePoints[0]?.id ?? '') ?? [];
    for await (const { id = '' } of client.listByRestorePoint(resourceGroup, collection, point)) {
      if (!id.includes('lun-0') && !id.includes('data')) continue;
      await expect(openDiskAccess(azure.compute, { sourceId: id, access: 'Read' })).rejects.toThrow(
        /background/,
      );
    }
  });
});
