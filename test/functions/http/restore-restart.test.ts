import { startWithBackedUpVm } from '../support/backed-up-vm';
import { type EmulatedAzure, HELD } from '../support/emulated-azure';
import type { RunningApp } from '../support/running-app';

/**
 * The host ends in the middle of a restore, and goes on when it is back: nothing is done twice, and nothing
 * is left undone.
 */
let app: RunningApp;
let azure: EmulatedAzure;
let point: string;
let bytesOfPoint: Record<number, string>;
let bytesBefore: Record<number, string>;

beforeAll(async () => {
  ({ app, azure, point, bytesOfPoint } = await startWithBackedUpVm());
  bytesBefore = await azure.attachedBytes('web');
});
afterAll(() => app.stop());
afterEach(() => app.calm(azure));

const start = async (body: object) =>
  (await app.call('POST', `recovery-points/${point}/restores`, body)).body.job as string;
const isChanging = async (vm: string) => (await azure.vm(vm)).properties.provisioningState !== 'Succeeded';
/** Azure comes to the end of what it was doing while the host was away. */
async function restart(): Promise<void> {
  await app.restart();
  await azure.release('virtualMachines.createOrUpdate');
}

test('while Azure makes the VM: one VM, with the bytes of the point', async () => {
  await azure.fault('virtualMachines.createOrUpdate', HELD);
  const job = await start({ target: 'vm', name: 'web-2', network: { subnet: azure.subnetId } });
  await app.jobShows(job, ({ phase }) => phase === 'create-vm');
  await app.until(() =>
    azure.vm('web-2').then(
      () => true,
      () => false,
    ),
  );
  await restart();
  expect(await app.jobEnds(job)).toMatchObject({ state: 'Succeeded', restoredVm: { name: 'web-2' } });
  expect(await azure.attachedBytes('web-2')).toEqual(bytesOfPoint);
  expect(await azure.interfaces()).toEqual(['web-nic', expect.stringMatching(/^web-2-nic-/)]);
});

test('between two swaps of a restore that was cancelled: the VM has its old disks, and runs', async () => {
  const disks = await azure.disks();
  await azure.fault('virtualMachines.createOrUpdate', HELD);
  const job = await start({ target: 'replace', deallocate: true });
  await app.until(() => isChanging('web'));
  await app.call('POST', `jobs/${job}/cancel`);
  await restart();
  expect(await app.jobEnds(job)).toMatchObject({ state: 'Cancelled', warnings: [] });
  expect(await azure.attachedBytes('web')).toEqual(bytesBefore);
  expect(await azure.powerOf('web')).toBe('running');
  expect(await azure.disks()).toEqual(disks);
});

test('between two swaps: the VM has the disks of the point, and runs', async () => {
  await azure.fault('virtualMachines.createOrUpdate', HELD);
  const job = await start({ target: 'replace', deallocate: true });
  await app.until(() => isChanging('web'));
  await restart();
  expect(await app.jobEnds(job)).toMatchObject({ state: 'Succeeded', warnings: [] });
  expect(await azure.attachedBytes('web')).toEqual(bytesOfPoint);
  expect(await azure.powerOf('web')).toBe('running');
});
