import '../../../src/activities/restore/deallocate-vm';
import { findVm } from '../../../src/compute/vms/find-vm';
import type { Services } from '../../../src/services';
import { type Azure, MIB, startAzure } from '../../compute/support/azure';
import { callActivity, provide } from '../support/activity-caller';

jest.mock(
  'durable-functions',
  () => jest.requireActual('../support/activity-caller').durableFunctionsStandIn,
);
jest.mock('../../../src/services', () => jest.requireActual('../support/activity-caller').servicesStandIn);

const JOB = '20260301t020000z-restore-vm-00000000-abcdef';
let azure: Azure;
let job: { state: 'Running'; cancelRequestedAt?: string };

beforeEach(async () => {
  azure = await startAzure([{ name: 'vm', os: 'Linux', disks: [{ lun: -1, sizeBytes: MIB }] }]);
  job = { state: 'Running' };
  const jobs = { read: async () => ({ value: job }) } as unknown as Services['jobs'];
  provide({ compute: azure.compute, jobs });
});
afterEach(() => azure.close());

const powerState = async () => (await azure.state()).vms[0]?.powerState;
async function deallocate(token?: string) {
  const ref = azure.ref('vm');
  const vmId = (await findVm(azure.compute, ref))?.vmId ?? '';
  return callActivity(JOB, 'deallocateVm', { ref, vmId, runningAllowed: true, token });
}

test('a deallocation that Azure has accepted is waited for, whoever cancels: only then can the VM be started again', async () => {
  await azure.fault({ operation: 'virtualMachines.deallocate', effect: { kind: 'late', seconds: 60 } });
  const begun = await deallocate();
  if (!begun.ok || begun.value.done) throw new Error('it should go on');
  const { token } = begun.value;
  job.cancelRequestedAt = '2026-03-01T02:00:01Z';
  expect(await deallocate(token)).toMatchObject({ ok: true, value: { done: false } });
  azure.advance(61);
  expect(await deallocate(token)).toMatchObject({ ok: true, value: { done: true } });
  expect(await powerState()).toBe('deallocated');
});

test('a deallocation that nobody has asked for yet is not begun for a cancelled job', async () => {
  job.cancelRequestedAt = '2026-03-01T02:00:01Z';
  expect(await deallocate()).toMatchObject({ ok: false, failure: { code: 'JobCancelled' } });
  expect(await powerState()).toBe('running');
});
