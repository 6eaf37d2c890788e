import { type TakeSnapshotInput, takeSnapshot } from '../../../src/compute/snapshots/take-snapshot';
import { CATALOGUE, type FailureCode } from '../../../src/failures/catalogue';
import { type Azure, complete, failureOf, MIB, startAzure } from '../support/azure';

const disk = (lun: number, more: object = {}) => ({ lun, sizeBytes: MIB, ...more });
let azure: Azure;
let jobs = 0;

beforeAll(async () => {
  azure = await startAzure([
    { name: 'win', os: 'Windows', disks: [disk(-1), disk(0)] },
    { name: 'linux', os: 'Linux', disks: [disk(-1), disk(0)] },
    { name: 'scripted', os: 'Linux', guest: { scripts: {} }, disks: [disk(-1)] },
    { name: 'off', os: 'Windows', powerState: 'deallocated', disks: [disk(-1), disk(0)] },
    { name: 'stopped', os: 'Linux', powerState: 'stopped', disks: [disk(-1), disk(0)] },
    { name: 'single', os: 'Linux', disks: [disk(-1)] },
    { name: 'shared', os: 'Linux', disks: [disk(-1), disk(0, { maxShares: 2 })] },
  ]);
});
afterEach(() => azure.clearFaults());
afterAll(() => azure.close());

const input = (name: string, more: Partial<TakeSnapshotInput> = {}): TakeSnapshotInput => ({
  ref: azure.ref(name),
  jobId: `job-${++jobs}`,
  os: name === 'win' || name === 'off' ? 'Windows' : 'Linux',
  running: !['off', 'stopped'].includes(name),
  consistency: 'application',
  fallbackAllowed: true,
  ...more,
});
const take = async (asked: TakeSnapshotInput) => (await complete(takeSnapshot, azure.compute, asked)).result;
const pointsOf = async ({ jobId }: { jobId: string }) =>
  (await azure.state()).restorePoints.filter(({ name }) => name.startsWith(jobId)).map(({ name }) => name);

describe('the consistency that a snapshot reaches', () => {
  it('application on a running Windows VM whose VSS works', async () => {
    expect((await take(input('win'))).consistency).toEqual({ asked: 'application', reached: 'application' });
  });

  it('file-system where some VSS writers failed, for the next three points too, then application again', async () => {
    await azure.guest('win', { vss: 'some-writers-failed' });
    expect((await take(input('win'))).consistency).toMatchObject({
      reached: 'file-system',
      reason: /VSS writers/,
    });
    await azure.guest('win', { vss: 'ok' });
    const levels = [];
    while (levels.at(-1) !== 'application' && levels.length < 5) {
      levels.push((await take(input('win'))).consistency.reached);
    }
    expect(levels.slice(0, -1).every((level) => level === 'file-system')).toBe(true);
    expect(levels.at(-1)).toBe('application');
  });

  it('file-system on Linux without scripts', async () => {
    expect((await take(input('linux'))).consistency).toMatchObject({
      reached: 'file-system',
      reason: /scripts/,
    });
    const asked = input('linux', { consistency: 'file-system', fallbackAllowed: false });
    expect((await take(asked)).consistency).toEqual({ asked: 'file-system', reached: 'file-system' });
  });

  it('application on Linux with scripts that work', async () => {
    expect((await take(input('scripted'))).consistency).toEqual({
      asked: 'application',
      reached: 'application',
    });
  });

  it('file-system when a script fails and its configuration lets the backup go on', async () => {
    await azure.guest('scripted', { scripts: { pre: { exitCodes: [1] } } });
    expect((await take(input('scripted'))).consistency.reached).toBe('file-system');
  });

  it('crash when a script fails and its configuration does not, with the reason', async () => {
    const configuration = { continueBackupOnFailure: false };
    await azure.guest('scripted', { scripts: { pre: { exitCodes: [1] }, configuration } });
    const { consistency } = await take(input('scripted'));
    expect(consistency).toMatchObject({ reached: 'crash', reason: /^PrePostScriptFailed: / });
  });

  it('crash when a file system cannot be frozen, after one more try', async () => {
    await azure.guest('single', { fsFreeze: 'timeout' });
    const asked = input('single', { consistency: 'file-system' });
    expect((await take(asked)).consistency).toMatchObject({
      reached: 'crash',
      reason: /^UserErrorFsFreezeFailed: /,
    });
    expect(await pointsOf(asked)).toEqual([`${asked.jobId}_3c`]);
    await azure.guest('single', { fsFreeze: 'ok' });
  });

  it('crash when the agent does not answer, at once, with the reason', async () => {
    await azure.guest('linux', { agent: 'not-ready' });
    const { result, waits } = await complete(takeSnapshot, azure.compute, input('linux'));
    expect(result.consistency).toMatchObject({
      reached: 'crash',
      reason: /^UserErrorGuestAgentStatusUnavailable: /,
    });
    expect(Math.max(0, ...waits)).toBe(0);
    await azure.guest('linux', { agent: 'ready' });
  });

  it.each(['off', 'stopped'])(
    'file-system on a VM that is %s, without a permission to fall back',
    async (name) => {
      const { consistency } = await take(input(name, { fallbackAllowed: false }));
      expect(consistency).toMatchObject({
        asked: 'application',
        reached: 'file-system',
        reason: /not running/,
      });
    },
  );

  it('crash on a VM that was off when it was inspected and runs by now: nobody knows what was written', async () => {
    const asked = input('win', { running: false, consistency: 'crash' });
    expect((await take(asked)).consistency).toEqual({ asked: 'crash', reached: 'crash' });
  });

  it('crash where no more was asked, without touching the guest', async () => {
    const { consistency } = await take(input('linux', { consistency: 'crash' }));
    expect(consistency).toEqual({ asked: 'crash', reached: 'crash' });
  });

  it('none where the policy forbids less than was asked; the point made in vain is removed', async () => {
    const asked = input('linux', { fallbackAllowed: false });
    expect(await failureOf(take(asked))).toMatchObject({ step: 'snapshot', code: 'ConsistencyNotReached' });
    expect(await pointsOf(asked)).toEqual([]);
  });
});

const client = 'VMRestorePointClientError';
/** Every cause of "Troubleshoot restore point failures", in Azure's words, and what it is called here. */
const CAUSES: [FailureCode, number, string, string][] = [
  [
    'VmChangedDuringSnapshot',
    409,
    'OperationNotAllowed',
    'Changes were made to the Virtual Machine while the operation Create Restore Point was in progress.',
  ],
  [
    'DiskNotAllocated',
    409,
    'OperationNotAllowed',
    'Disk data_1 is not allocated. Exclude the disk and try again.',
  ],
  ['DiskIsShared', 409, client, 'Restore point creation is not supported for VMs with shared disks.'],
  ['ExtensionSnapshotFailedCOM', 409, client, 'Restore Point creation failed due to COM+ error.'],
  [
    'ExtensionSnapshotFailedCOMMemory',
    409,
    client,
    'Restore Point creation failed due to insufficient memory available in COM+ memory quota.',
  ],
  [
    'ExtensionFailedVssWriterInBadState',
    409,
    client,
    'Restore Point creation failed due to VSS Writers in bad state.',
  ],
  [
    'ExtensionVCRedistInstallationFailure',
    409,
    client,
    'Restore Point creation failed due to failure in installing Visual C++ Redistributable for Visual Studio 2013.',
  ],
  [
    'UserErrorRpCollectionLimitReached',
    409,
    client,
    'The maximum number of restore points of the virtual machine is reached.',
  ],
  [
    'ExtensionFailedSnapshotLimitReachedError',
    409,
    client,
    'Restore Point creation failed as the snapshot limit is reached for some of the disks.',
  ],
  [
    'ExtensionInstallationFailedMSDTC',
    409,
    client,
    'Restore Point creation failed as COM+ was unable to talk to the Microsoft Distributed Transaction Coordinator.',
  ],
  ['GuestResourcesExhausted', 409, client, 'Restore Point creation failed due to inadequate VM resources.'],
  [
    'ExtensionSnapshotFailedNoNetwork',
    409,
    client,
    'Restore Point creation failed due to no network connectivity on the virtual machine.',
  ],
  [
    'SnapshotAlreadyRunning',
    409,
    client,
    "Restore Point creation failed due to a concurrent 'Create RestorePoint' operation triggered on the VM.",
  ],
  ['SnapshotRefused', 409, client, 'Restore Point creation failed for a reason that nobody wrote down.'],
  [
    'UserErrorGuestAgentStatusUnavailable',
    409,
    'VMAgentStatusCommunicationError',
    'VM agent unable to communicate with compute service.',
  ],
  [
    'SnapshotServiceError',
    500,
    'VMRestorePointInternalError',
    'Restore point creation failed due to an internal error.',
  ],
  ['SnapshotServiceError', 500, 'InternalError', 'Encountered internal error.'],
  [
    'SnapshotServiceError',
    500,
    'InternalExecutionError',
    'An internal execution error occurred. Please retry later.',
  ],
  ['SnapshotServiceError', 500, 'InternalOperationError', 'An internal operation error occurred.'],
  [
    'DiskEncryptionKeyUnavailable',
    409,
    'DiskRestorePointClientError',
    'The key vault associated with the disk encryption set is not found.',
  ],
  [
    'OSProvisioningClientError',
    409,
    'OSProvisioningClientError',
    'OS provisioning of the virtual machine did not finish.',
  ],
  [
    'AllocationFailed',
    409,
    'AllocationFailed',
    'Restore point creation failed due to an allocation failure.',
  ],
  [
    'UserErrorFsFreezeFailed',
    409,
    client,
    'Restore Point creation failed: freezing the file systems (fsfreeze) timed out.',
  ],
  [
    'PrePostScriptFailed',
    409,
    client,
    'Restore Point creation failed: the pre script ended with exit code 1 (300).',
  ],
  [
    'GuestAgentSnapshotTaskStatusError',
    409,
    client,
    'Could not communicate with the VM agent for snapshot task status.',
  ],
  [
    'ExtensionOperationFailedForManagedDisks',
    409,
    client,
    'The VSS service of the virtual machine is not working properly.',
  ],
  [
    'ResourceLocked',
    409,
    'ScopeLocked',
    "The scope cannot perform write operation because following scope(s) are locked: 'lock'.",
  ],
  [
    'ComputeAccessDenied',
    403,
    'AuthorizationFailed',
    'The client does not have authorization to perform action.',
  ],
];

describe('a refused restore point', () => {
  const strict = { fallbackAllowed: false };

  it.each(CAUSES)(
    'is called %s, with a remedy, when the request is answered %d %s: %s',
    async (code, status, azureCode, message) => {
      await azure.fault({
        operation: 'restorePoints.create',
        count: null,
        effect: { kind: 'refuse', status, code: azureCode, message },
      });
      const asked = input('win', strict);
      const failure = await failureOf(take(asked));
      expect(failure).toMatchObject({
        step: 'snapshot',
        code,
        remedy: CATALOGUE[code].remedy,
        message: expect.stringContaining(message),
      });
      expect(await pointsOf(asked)).toEqual([]);
    },
  );

  it.each(CAUSES)(
    'is called %s when the operation ends so (%d %s: %s), and leaves no failed point behind',
    async (code, _, azureCode, message) => {
      await azure.fault({
        operation: 'restorePoints.create',
        count: null,
        effect: { kind: 'fail-operation', code: azureCode, message },
      });
      const asked = input('win', strict);
      expect(await failureOf(take(asked))).toMatchObject({ step: 'snapshot', code });
      expect(await pointsOf(asked)).toEqual([]);
    },
  );

  it('is tried again where that helps, under another name, and the failed one is removed', async () => {
    await azure.fault({
      operation: 'restorePoints.create',
      count: 2,
      effect: { kind: 'fail-operation', code: 'InternalExecutionError', message: 'x' },
    });
    const asked = input('win', strict);
    const { result, waits } = await complete(takeSnapshot, azure.compute, asked);
    expect(result.consistency).toEqual({ asked: 'application', reached: 'application' });
    expect(waits.filter((wait) => wait === 60)).toHaveLength(2);
    expect(await pointsOf(asked)).toEqual([`${asked.jobId}_3`]);
  });

  it('is tried again also when the failed one cannot be removed: the sweep looks after that', async () => {
    const effect = { kind: 'fail-operation', message: 'x' };
    await azure.fault({
      operation: 'restorePoints.create',
      effect: { ...effect, code: 'InternalExecutionError' },
    });
    await azure.fault({ operation: 'restorePoints.delete', effect: { ...effect, code: 'ScopeLocked' } });
    const asked = input('win', strict);
    expect((await take(asked)).consistency.reached).toBe('application');
    expect(await pointsOf(asked)).toEqual([`${asked.jobId}_1`, `${asked.jobId}_2`]);
  });

  it('goes down to a crash-consistent one after a second failure of VSS', async () => {
    await azure.guest('win', { vss: 'failed' });
    const asked = input('win');
    const { consistency } = await take(asked);
    expect(consistency).toMatchObject({
      asked: 'application',
      reached: 'crash',
      reason: /^ExtensionFailedVssWriterInBadState: /,
    });
    expect(await pointsOf(asked)).toEqual([`${asked.jobId}_3c`]);
    await azure.guest('win', { vss: 'ok' });
  });

  it('is waited out as long as Azure asks when there are too many, and makes no failure', async () => {
    await azure.fault({
      operation: 'restorePoints.create',
      count: 3,
      effect: { kind: 'refuse', status: 429, code: 'TooManyRequests', retryAfterSeconds: 77 },
    });
    const { result, waits } = await complete(takeSnapshot, azure.compute, input('win', strict));
    expect(result.consistency.reached).toBe('application');
    expect(waits.filter((wait) => wait === 77)).toHaveLength(3);
  });

  it('names the disk that restore points do not support, unless it is excluded', async () => {
    const asked = input('shared', strict);
    expect(await failureOf(take(asked))).toMatchObject({ code: 'DiskIsShared' });
    const { disks } = await azure.state();
    const shared = disks.find(({ name }) => /shared.*(data|0)/i.test(name))!.id;
    const taken = await take(input('shared', { excludeDisks: [shared], consistency: 'file-system' }));
    expect(taken.disks.map(({ diskId }) => diskId)).toEqual(['os']);
  });
});

describe('snapshots of single disks, where Azure refuses restore points', () => {
  it('are not one snapshot when the VM was on for a moment between them', async () => {
    const effect = { kind: 'refuse', status: 400, code: 'InvalidParameter', message: 'x' };
    await azure.fault({ operation: 'restorePoints.create', count: null, effect });
    await azure.fault({ operation: 'snapshots.createOrUpdate', effect: { kind: 'late', seconds: 60 } });
    const asked = input('off');
    let operation = await takeSnapshot(azure.compute, asked);
    const { subscriptionId, resourceGroup, name } = azure.ref('off');
    const { virtualMachines } = azure.compute.client(subscriptionId);
    await virtualMachines.start(resourceGroup, name);
    await virtualMachines.deallocate(resourceGroup, name);
    azure.advance(60);
    const goOn = async () => {
      while (!operation.done) operation = await takeSnapshot(azure.compute, asked, operation.token);
    };
    expect(await failureOf(goOn())).toMatchObject({ code: 'VmChangedDuringSnapshot' });
  });
});

describe('a snapshot that is asked for twice', () => {
  it('is the same one, whether or not the first caller knew that it was made', async () => {
    const asked = input('win');
    const first = await take(asked);
    expect(await take(asked)).toEqual(first);
    expect(await pointsOf(asked)).toHaveLength(1);
  });

  it('is waited for when the first caller died while it was being made', async () => {
    await azure.settings({ operationSeconds: 100, retryAfterSeconds: 5 });
    const asked = input('win');
    expect(await takeSnapshot(azure.compute, asked)).toMatchObject({ done: false, retryAfterSeconds: 5 });
    const again = await takeSnapshot(azure.compute, asked);
    if (again.done) throw new Error('It cannot be done yet.');
    azure.advance(101);
    expect(await takeSnapshot(azure.compute, asked, again.token)).toMatchObject({ done: true });
    await azure.settings({ operationSeconds: 0, retryAfterSeconds: 0 });
    expect(await pointsOf(asked)).toEqual([`${asked.jobId}_1`]);
  });

  it('is the later attempt, when the first one failed before the caller died', async () => {
    const effect = { kind: 'fail-operation', code: 'InternalExecutionError', message: 'x' };
    await azure.fault({ operation: 'restorePoints.create', effect });
    const asked = input('win');
    const first = await take(asked);
    expect(await take(asked)).toEqual(first);
    expect(await pointsOf(asked)).toEqual([`${asked.jobId}_2`]);
  });

  it('is another one when the caller counts its attempts on', async () => {
    const asked = input('win');
    const first = await take(asked);
    const second = await take({ ...asked, attempt: 2 });
    expect(second.restorePointId).not.toBe(first.restorePointId);
  });

  it('each disk is named by its identity, family and place', async () => {
    const { disks, time } = await take(input('win'));
    expect(disks.map(({ diskId, lun }) => [diskId, lun])).toEqual([
      ['os', -1],
      ['lun-0', 0],
    ]);
    for (const { uniqueId, familyId } of disks) expect(uniqueId && familyId).toMatch(/.{8,}/);
    expect(new Date(time).toISOString()).toBe(time);
  });
});

describe('an operation that never ends', () => {
  it('ends the step at its limit with a typed failure, and the next one takes a snapshot again', async () => {
    await azure.fault({ operation: 'restorePoints.create', effect: { kind: 'endless' } });
    const asked = input('single');
    const begun = await takeSnapshot(azure.compute, asked);
    if (begun.done) throw new Error('It ended.');
    const late = JSON.stringify({ ...JSON.parse(begun.token), deadline: Date.now() - 1 });
    expect(await failureOf(takeSnapshot(azure.compute, asked, late))).toMatchObject({
      code: 'ComputeOperationTimedOut',
    });
    await azure.settings({ operationSeconds: 0 });
    for (const { id } of (await azure.state()).restorePoints)
      await fetch(`${azure.emulator.url}${id}?api-version=2025-04-01`, { method: 'DELETE' });
    expect((await take(input('single'))).consistency.reached).toBe('file-system');
  });
});
