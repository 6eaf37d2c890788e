import type { Job } from '../../../src/jobs/job';
import { releaseAbandonedVms } from '../../../src/orchestration/client/release-abandoned-vms';
import { knownVms } from '../../../src/protection/fleet';
import { queuedBackups } from '../../../src/protection/queued-backup';
import type { Settings } from '../../../src/settings';
import { fakeClient } from '../../functions/support/fake-client';
import { installation, protectedVm } from '../../protection/support/protection';

const CLAIMED = '2026-03-10T01:00:00Z';
const NOW = '2026-03-10T09:00:00Z';
const jobOf = (vm: string) => `20260310t010000z-backup-${vm}-abcdef`;

/** VMs whose jobs hold them since hours ago, though nobody works at them. */
async function abandoned(...keys: string[]) {
  const services = await installation(NOW);
  for (const key of keys) {
    const jobId = jobOf(key);
    const job: Job = {
      id: jobId,
      kind: 'backup',
      vm: key,
      state: 'Queued',
      trigger: 'on-demand',
      createdAt: CLAIMED,
      disks: [],
      warnings: [],
    };
    await services.protectedVms.create(key, protectedVm(key, { running: { jobId, since: CLAIMED } }));
    await services.jobs.create(jobId, job);
  }
  const damageJob = async (key: string) => {
    for await (const { name } of services.store.list('jobs/')) {
      if (name.includes(jobOf(key))) await services.store.put(name, Buffer.from('{"half'));
    }
  };
  const troubles: string[] = [];
  const told: string[] = [];
  const release = async (alive: string[] = []) => {
    const fleet = { vms: await knownVms(services), now: NOW };
    const log = { warn: (line: string) => told.push(line), error: (line: string) => troubles.push(line) };
    return releaseAbandonedVms(
      { ...services, settings: {} as Settings },
      fakeClient(alive).client,
      fleet,
      log,
    );
  };
  const holderOf = async (key: string) => (await services.protectedVms.read(key))?.value.running?.jobId;
  return { ...services, damageJob, troubles, told, release, holderOf };
}

test('a VM whose job died is free again, and its job is over', async () => {
  const { release, holderOf, jobs, told } = await abandoned('a', 'b');
  expect(await release([jobOf('b')])).toEqual([jobOf('a')]);
  expect(await holderOf('a')).toBeUndefined();
  expect(await holderOf('b')).toBe(jobOf('b'));
  expect((await jobs.read(jobOf('a')))?.value).toMatchObject({
    state: 'Failed',
    endedAt: expect.any(String),
  });
  expect(told).toEqual([expect.stringMatching(`^DVB1001 backup.job.failed ${jobOf('a')}: JobInterrupted`)]);
});

test('a job whose record is damaged frees its VM, and holds up nobody else', async () => {
  const { release, holderOf, damageJob, troubles } = await abandoned('a', 'b');
  await damageJob('a');
  expect(await release()).toEqual([jobOf('a'), jobOf('b')]);
  expect(await holderOf('a')).toBeUndefined();
  expect(troubles).toEqual([expect.stringContaining('DocumentUnreadable')]);
});

test('an entry of the queue that nobody can read does not wait for a lane', async () => {
  const { release, holderOf, store } = await abandoned('a', 'b');
  await store.put(`queue/${jobOf('a')}.json`, Buffer.from('{"request":{"older":"version"}}'));
  expect(await release()).toEqual([jobOf('a'), jobOf('b')]);
  expect(await holderOf('a')).toBeUndefined();
  const left = [];
  for await (const name of queuedBackups(store).names()) left.push(name);
  expect(left).toEqual([]);
});

test('a VM that cannot be freed now is told of, and the others are freed all the same', async () => {
  const { release, holderOf, protectedVms, troubles } = await abandoned('a', 'b');
  const update = protectedVms.update;
  protectedVms.update = (name, change) =>
    name === 'a' ? Promise.reject(new Error('The storage is busy.')) : update(name, change);
  expect(await release()).toEqual([jobOf('b')]);
  expect(troubles).toEqual([expect.stringContaining('The storage is busy.')]);
  expect(await holderOf('a')).toBe(jobOf('a'));
});
