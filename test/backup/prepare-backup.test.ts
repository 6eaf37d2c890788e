import { prepareBackup } from '../../src/backup/prepare-backup';
import { findVm } from '../../src/compute/vms/find-vm';
import type { BackupRequest } from '../../src/jobs/backup-request';
import { BackupPolicy } from '../../src/policies/policy';
import { type Azure, failureOf, MIB, startAzure } from '../compute/support/azure';
import { installation } from '../protection/support/protection';

const JOB = '20260301t020000z-backup-vm-00000001-abcdef';
const policy = BackupPolicy.parse({ schedule: { frequency: 'daily', times: ['02:00'], timeZone: 'UTC' } });

let azure: Azure;
beforeAll(async () => {
  const disk = (lun: number, more: object = {}) => ({ lun, sizeBytes: MIB, ...more });
  azure = await startAzure([
    { name: 'web', os: 'Linux', disks: [disk(-1), disk(0), disk(1)] },
    { name: 'shared', os: 'Linux', disks: [disk(-1), disk(0, { maxShares: 2 })] },
  ]);
});
afterAll(() => azure.close());

/** Prepares a backup of this VM; tells the names of what was kept, too. */
async function prepare(name: string, change: Partial<BackupRequest> = {}, known = {}) {
  const services = { ...(await installation('2026-03-01T02:00:00Z')), compute: azure.compute };
  const vmId = (await findVm(azure.compute, azure.ref(name)))?.vmId ?? '';
  const request: BackupRequest = {
    jobId: JOB,
    vmKey: 'vm-00000001',
    vmId,
    ref: azure.ref(name),
    os: 'Linux',
    policyName: 'daily',
    policy,
    trigger: 'schedule',
    ...change,
  };
  const kept = async () => {
    const names: string[] = [];
    for await (const blob of services.store.list('')) if (blob.name.includes(JOB)) names.push(blob.name);
    return names;
  };
  return { kept, planned: prepareBackup(services, request, known) };
}

test('a plan tells what will be backed up and what the policy leaves out', async () => {
  const selective = { ...policy, disks: { exceptLuns: [1] } };
  const { kept, planned } = await prepare('web', { policy: selective });
  const plan = await planned;
  expect(plan).toMatchObject({ running: true, firstOnRunningVm: true, vssMode: 'full' });
  expect(plan.disks.map(({ diskId, sizeBytes }) => [diskId, sizeBytes])).toEqual([
    ['os', MIB],
    ['lun-0', MIB],
  ]);
  expect(plan.excluded).toMatchObject([{ lun: 1 }]);
  expect(await kept()).toHaveLength(1);
});

test('a plan goes by what earlier backups have recorded of the guest', async () => {
  const extension = { installed: 'installed', name: 'VMSnapshotLinux' };
  const { planned } = await prepare('web', {}, { extension, vssMode: 'copy-only' });
  expect(await planned).toMatchObject({ running: true, firstOnRunningVm: false, vssMode: 'copy-only' });
});

test.each([
  ['a disk that cannot be backed up', 'shared', {}, 'DiskIsShared'],
  ['a VM that was made anew under its name', 'web', { vmId: 'another' }, 'VmReplaced'],
])('%s is refused before anything is kept', async (_what, name, change, code) => {
  const { kept, planned } = await prepare(name, change);
  expect(await failureOf(planned)).toMatchObject({ code });
  expect(await kept()).toEqual([]);
});
