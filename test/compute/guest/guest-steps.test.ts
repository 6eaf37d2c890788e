import { ensureExtension } from '../../../src/compute/guest/extension';
import { windowsChanges } from '../../../src/compute/guest/windows-changes';
import { readWindowsState } from '../../../src/compute/guest/windows-state';
import { type Azure, complete, failureOf, MIB, startAzure } from '../support/azure';
import { startStubArm, stubVm } from '../support/stub-arm';

const disks = [{ lun: -1, sizeBytes: MIB }];
let azure: Azure;

beforeAll(async () => {
  azure = await startAzure([
    { name: 'win', os: 'Windows', disks },
    { name: 'linux', os: 'Linux', disks },
    { name: 'off', os: 'Windows', powerState: 'stopped', disks },
    { name: 'mute', os: 'Linux', guest: { agent: 'not-ready' }, disks },
  ]);
});
afterEach(() => azure.clearFaults());
afterAll(() => azure.close());

const ensure = async (name: string, os: 'Windows' | 'Linux') =>
  (await complete(ensureExtension, azure.compute, { ref: azure.ref(name), os })).result;

describe('the backup extension', () => {
  it.each([
    ['win', 'Windows', 'VMSnapshot'],
    ['linux', 'Linux', 'VMSnapshotLinux'],
  ] as const)('is installed once on the running VM %s', async (vm, os, name) => {
    expect(await ensure(vm, os)).toMatchObject({
      installed: 'installed',
      name,
      version: expect.stringMatching(/^1\./),
    });
    expect(await ensure(vm, os)).toMatchObject({ installed: 'already', name });
    const state = (await azure.state()).vms.find((one) => one.name === vm);
    expect(state?.extensions).toEqual([expect.objectContaining({ name })]);
  });

  it('is not installed on a VM that is off', async () => {
    expect(await ensure('off', 'Windows')).toEqual({ installed: 'skipped-not-running', name: 'VMSnapshot' });
  });

  it('is left to the platform where the platform keeps it to itself, and that is recorded', async () => {
    const refusal = {
      kind: 'refuse',
      status: 400,
      code: 'OperationNotAllowed',
      message: 'This extension is internal.',
    };
    await azure.fault({ operation: 'virtualMachineExtensions.createOrUpdate', effect: refusal });
    const ref = azure.ref('mute');
    const { result } = await complete(ensureExtension, azure.compute, { ref, os: 'Linux' });
    expect(result).toMatchObject({ installed: 'by-platform', name: 'VMSnapshotLinux', reason: /internal/ });
  });

  it.each([
    ['VMExtensionProvisioningError', 'ExtensionInstallFailed'],
    ['VMExtensionHandlerNonTransientError', 'ExtensionInstallFailed'],
    ['VMAgentStatusCommunicationError', 'ExtensionInstallFailed'],
    ['VMExtensionProvisioningTimeout', 'ExtensionInstallTimedOut'],
  ])('that fails with %s is told as %s', async (azureCode, code) => {
    const effect = { kind: 'fail-operation', code: azureCode, message: 'It failed.' };
    await azure.fault({ operation: 'virtualMachineExtensions.createOrUpdate', effect });
    expect(await failureOf(ensure('mute', 'Linux'))).toMatchObject({ step: 'extension', code });
  });

  it('is not installed when the VM goes off in between', async () => {
    const message = 'Cannot modify extensions in the VM when the VM is not running.';
    const effect = { kind: 'refuse', status: 409, code: 'OperationNotAllowed', message };
    await azure.fault({ operation: 'virtualMachineExtensions.createOrUpdate', effect });
    expect(await ensure('mute', 'Linux')).toEqual({
      installed: 'skipped-not-running',
      name: 'VMSnapshotLinux',
    });
  });
});

describe('the Windows state', () => {
  const read = async (name: string) =>
    (await complete(readWindowsState, azure.compute, { ref: azure.ref(name) })).result;

  it('is read from inside the guest', async () => {
    expect(await read('win')).toEqual({
      vcRedist2013x64: null,
      vssStartMode: 'Manual',
      iaasVmProvider: null,
    });
  });

  it('of a VM that is off cannot be read, which is a typed failure', async () => {
    expect(await failureOf(read('off'))).toMatchObject({ step: 'windows state', code: 'RunCommandFailed' });
  });

  it('that is no answer of the script is a typed failure, not a state', async () => {
    const arm = await startStubArm();
    arm.answer = () => ({
      body: { value: [{ code: 'ComponentStatus/StdOut/succeeded', message: 'Access denied' }] },
    });
    expect(await failureOf(complete(readWindowsState, arm.compute, { ref: stubVm }))).toMatchObject({
      code: 'RunCommandFailed',
      message: expect.stringContaining('Access denied'),
    });
    await arm.close();
  });

  it('is compared field by field', () => {
    const before = { vcRedist2013x64: null, vssStartMode: 'Manual', iaasVmProvider: null };
    expect(windowsChanges(before, before)).toEqual([]);
    expect(windowsChanges(before, { ...before, vssStartMode: 'Auto' })).toEqual([
      { what: 'vssStartMode', before: 'Manual', after: 'Auto' },
    ]);
  });
});
