import type { Compute } from '../../src/compute/arm/connection';
import type { Operation } from '../../src/compute/arm/operation';
import { closeDiskAccess, openDiskAccess } from '../../src/compute/disks/disk-access';
import { openDiskTarget } from '../../src/compute/disks/disk-target';
import { ensureExtension } from '../../src/compute/guest/extension';
import { discardRestoreDisk } from '../../src/compute/restore/discard-disk';
import { createRestoreDisk } from '../../src/compute/restore/restore-disk';
import { removeSnapshot } from '../../src/compute/snapshots/remove-snapshot';
import { takeSnapshot } from '../../src/compute/snapshots/take-snapshot';
import { type Azure, failureOf, MIB, startAzure } from './support/azure';

type StepCall<I, T> = (compute: Compute, input: I, token?: string) => Promise<Operation<T>>;

/** How many calls of a step were made before its process died, and its last token with it. */
const DEATHS = [1, 2, 3, 4];
let azure: Azure;

beforeEach(async () => {
  azure = await startAzure([
    {
      name: 'vm',
      os: 'Windows',
      disks: [
        { lun: -1, sizeBytes: MIB },
        { lun: 0, sizeBytes: MIB },
      ],
    },
  ]);
  await azure.settings({ operationSeconds: 10, retryAfterSeconds: 5 });
});
afterEach(() => azure.close());

/**
 * Calls a step until it is done, or until `deathAfter` calls: then everything starts anew in another process.
 */
async function run<I, T>(step: StepCall<I, T>, input: I, deathAfter = 0): Promise<T> {
  const compute = { ...azure.compute, links: new Map() };
  let operation = await step(compute, input);
  for (let calls = 1; !operation.done; calls++) {
    if (calls === deathAfter) return run(step, input);
    if (calls > 50) throw new Error('The step does not end.');
    azure.advance(11);
    operation = await step(compute, input, operation.token);
  }
  return operation.result;
}

describe.each(DEATHS)('a process that dies after %d calls of a step', (death) => {
  const order = () => {
    const { subscriptionId, resourceGroup } = azure.ref('vm');
    return {
      jobId: 'job',
      subscriptionId,
      resourceGroup,
      name: 'new',
      location: 'westeurope',
      sizeBytes: MIB,
    };
  };
  const asked = (fallbackAllowed = true) =>
    ({
      ref: azure.ref('vm'),
      jobId: 'job',
      os: 'Windows',
      running: true,
      consistency: 'application',
      fallbackAllowed,
    }) as const;

  it('leaves one snapshot, which the next one finds, and removes it', async () => {
    const snapshot = await run(takeSnapshot, asked(), death);
    expect(snapshot.disks).toHaveLength(2);
    expect((await azure.state()).restorePoints.map(({ id }) => id)).toEqual([snapshot.restorePointId]);

    const { sourceId } = snapshot.disks[0]!;
    await run(openDiskAccess, { sourceId, access: 'Read' as const }, death);
    expect((await azure.state()).grants).toHaveLength(1);
    await run(removeSnapshot, snapshot, death);
    expect(await azure.state()).toMatchObject({ restorePoints: [], grants: [] });
  });

  it('leaves one snapshot also where the ladder had to be climbed down', async () => {
    await azure.guest('vm', { vss: 'failed' });
    const snapshot = await run(takeSnapshot, asked(), death);
    expect(snapshot.consistency.reached).toBe('crash');
    expect((await azure.state()).restorePoints.map(({ id }) => id)).toEqual([snapshot.restorePointId]);
  });

  it('leaves none where none is good enough', async () => {
    await azure.guest('vm', { vss: 'some-writers-failed' });
    expect(await failureOf(run(takeSnapshot, asked(false), death))).toMatchObject({
      code: 'ConsistencyNotReached',
    });
    expect((await azure.state()).restorePoints).toEqual([]);
  });

  it('leaves one extension', async () => {
    await run(ensureExtension, { ref: azure.ref('vm'), os: 'Windows' as const }, death);
    expect((await azure.state()).vms[0]?.extensions).toHaveLength(1);
  });

  it('leaves one new disk, open or closed as it should be, or none', async () => {
    const { resourceId } = await run(createRestoreDisk, order(), death);
    await run(openDiskAccess, { sourceId: resourceId, access: 'Write' as const }, death);
    await azure.settings({ operationSeconds: 0, retryAfterSeconds: 0 });
    const target = await openDiskTarget(azure.compute, { diskResourceId: resourceId, sizeBytes: MIB });
    await target.finish();
    await azure.settings({ operationSeconds: 10, retryAfterSeconds: 5 });
    await run(closeDiskAccess, { sourceId: resourceId }, death);
    const { disks, grants } = await azure.state();
    expect(grants).toEqual([]);
    expect(disks.filter(({ name }) => name === 'new')).toEqual([
      expect.objectContaining({ diskState: 'Unattached' }),
    ]);
    await run(discardRestoreDisk, { resourceId, jobId: 'job' }, death);
    expect((await azure.state()).disks.filter(({ name }) => name === 'new')).toEqual([]);
  });
});
