import { BackupPolicy } from '../../src/policies/policy';
import { claimBackup, releaseVm } from '../../src/protection/claim-backup';
import { holdVm, readHeldVm } from '../../src/protection/hold-vm';
import { installation, protectedVm } from './support/protection';

const NOW = '2026-03-10T09:00:00Z';
const VM = { key: 'web', vmId: 'id-web', ref: protectedVm('web').ref, os: 'Linux' as const };
const policy = BackupPolicy.parse({ schedule: { frequency: 'daily', times: ['02:00'], timeZone: 'UTC' } });

test.each([
  ['on record', true],
  ['not on record', false],
])('a VM that is %s is held by one job until it lets go, and backups stay away', async (_, known) => {
  const services = await installation(NOW);
  if (known) await services.protectedVms.create('web', protectedVm('web'));
  await holdVm(services, VM, 'job-1', NOW);
  await holdVm(services, VM, 'job-1', NOW);
  await expect(holdVm(services, VM, 'job-2', NOW)).rejects.toThrow('job-1 holds the VM web');

  const order = { vm: protectedVm('web'), policyName: 'daily', policy, now: NOW };
  const claim = () => claimBackup(services, { ...order, jobId: 'backup-1' });
  expect(await claim()).toEqual({ heldBy: 'job-1' });
  await releaseVm(services, 'web', 'job-1');
  expect(await claim()).toMatchObject({ request: { jobId: 'backup-1' } });
});

test('a record that holding made puts the VM under no policy', async () => {
  const services = await installation(NOW);
  await holdVm(services, VM, 'job-1', NOW);
  await releaseVm(services, 'web', 'job-1');
  expect((await services.protectedVms.read('web'))?.value).toEqual({ ...VM, enrolledAt: NOW });
});

test('the record of a held VM is for the job that holds it, and for nobody else', async () => {
  const services = await installation(NOW);
  const read = (jobId: string) => readHeldVm(services, { jobId, vmKey: 'web', ref: VM.ref });
  await expect(read('job-1')).rejects.toThrow('BackupAlreadyRunning: job-1 does not hold web any more.');
  await holdVm(services, VM, 'job-1', NOW);
  expect(await read('job-1')).toEqual({ ...VM, enrolledAt: NOW, running: { jobId: 'job-1', since: NOW } });
  await expect(read('job-2')).rejects.toThrow('BackupAlreadyRunning');
  await releaseVm(services, 'web', 'job-1');
  await expect(read('job-1')).rejects.toThrow('BackupAlreadyRunning');
});
