import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Job } from '../../client/api-types';
import { isOver } from '../../client/is-over';
import { startTestSystem, type TestSystem, testFolder } from './support/test-system';

const MIB = 1024 * 1024;
/** The signature of a disk access link, plain or percent-encoded. */
const SIGNATURE = /sig(?:=|%3D)[\w%+/-]{16,}/i;

describe('a VM with a disk that Azure will not snapshot', () => {
  let folder: string;
  let running: TestSystem;
  let vm: string;
  const answers: string[] = [];

  const ask = async (method: string, route: string, body?: object) => {
    const response = await fetch(`${running.system.api}${route}`, {
      method,
      body: body && JSON.stringify(body),
    });
    const text = await response.text();
    answers.push(text);
    return JSON.parse(text);
  };
  const untilOver = async (id: string): Promise<Job> => {
    for (;;) {
      const job: Job = await ask('GET', `/jobs/${id}`);
      if (isOver(job)) return job;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const putPolicy = (unsupportedDisks: string) =>
    ask('PUT', '/policies/mixed', {
      schedule: { frequency: 'weekly', days: ['sunday'], times: ['03:00'], timeZone: 'UTC' },
      unsupportedDisks,
    });
  const backUp = async () => untilOver((await ask('POST', `/vms/${vm}/backups`, {})).job);

  beforeAll(async () => {
    folder = await testFolder();
    const fleet = path.join(folder, 'fleet');
    await mkdir(fleet);
    await writeFile(path.join(fleet, 'disk.img'), Buffer.alloc(2 * MIB, 'durable'));
    const disk = (lun: number, extra = {}) => ({ lun, image: 'disk.img', ...extra });
    const disks = [disk(-1), disk(0, { maxShares: 2 }), disk(1)];
    const vms = [
      { name: 'cluster', resourceGroup: 'rg', os: 'Linux', tags: { 'backup-policy': 'mixed' }, disks },
    ];
    await writeFile(path.join(fleet, 'fleet.json'), JSON.stringify({ vms }));
    running = await startTestSystem(folder, path.join(fleet, 'fleet.json'));
    vm = (await ask('GET', '/vms')).vms[0].key;
  });
  afterAll(async () => {
    await running.system.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('is not backed up at all where the policy demands every disk, and the job names disk, cause and remedy', async () => {
    await putPolicy('fail');
    const job = await backUp();
    expect(job).toMatchObject({ state: 'Failed', error: { code: 'DiskIsShared', step: 'inspect' } });
    expect(job.error?.message).toContain('cluster-data-0');
    expect(job.error?.remedy).toBeTruthy();
  });

  it('gets a partial point where the policy skips such disks, and the others come back', async () => {
    await putPolicy('skip');
    const job = await backUp();
    expect(job).toMatchObject({ state: 'Succeeded' });
    expect(job.warnings.join()).toMatch(/cluster-data-0 was skipped.*DiskIsShared/);
    const [point] = (await ask('GET', `/vms/${vm}/recovery-points`)).recoveryPoints;
    expect(point).toMatchObject({ partial: true, excludedDisks: [expect.objectContaining({ lun: 0 })] });
    const { job: id } = await ask('POST', `/recovery-points/${point.id}/restores`, { target: 'disks' });
    const restore = await untilOver(id);
    expect(restore.restoredDisks?.map(({ diskId }) => diskId).sort()).toEqual(['lun-1', 'os']);
  });

  it('leaves no link to a disk in any answer, history, log or record', async () => {
    expect(await aLink()).toMatch(SIGNATURE);
    await ask('GET', '/jobs');
    expect(answers.filter((answer) => SIGNATURE.test(answer))).toEqual([]);

    await running.system.stop();
    const state = path.join(folder, 'state');
    const found: string[] = [];
    /** Proof that histories and records are among what is searched, as text. */
    const holdingTheFailure = new Set<string>();
    for (const entry of await readdir(state, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const file = path.join(entry.parentPath, entry.name);
      const content = (await readFile(file)).toString('latin1');
      const relative = path.relative(state, file);
      if (content.includes('DiskIsShared')) holdingTheFailure.add(relative.split(path.sep)[0] ?? '');
      if (SIGNATURE.test(content)) found.push(relative);
    }
    expect([...holdingTheFailure]).toEqual(expect.arrayContaining(['azurite', 'host', 'logs']));
    expect(found).toEqual([]);
  });

  /** What must not be found: a link as the emulator grants it. */
  async function aLink(): Promise<string> {
    const answer = await fetch(`${running.system.emulator}/emulator/state`);
    const { disks } = (await answer.json()) as { disks: { id: string; name: string }[] };
    const id = disks.find(({ name }) => name.includes('restored'))?.id;
    const url = `${running.system.emulator}${id}/beginGetAccess?api-version=2026-03-02`;
    const body = JSON.stringify({ access: 'Read', durationInSeconds: 60 });
    const headers = { 'content-type': 'application/json' };
    const begun = await fetch(url, { method: 'POST', headers, body });
    const granted = await fetch(begun.headers.get('location') ?? url);
    return ((await granted.json()) as { accessSAS: string }).accessSAS;
  }
});
