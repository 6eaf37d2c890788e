import { allItems, allPages } from '../../client/all-pages';
import { type ApiClient, apiClient } from '../../client/api-client';
import type { Schedule } from '../../client/api-types';
import { isOver } from '../../client/is-over';
import { ApiProblem } from '../../client/request-failed';
import { type RunningApp, startRunningApp } from '../functions/support/running-app';

const NAMES = ['a', 'b', 'c', 'd', 'e'];
const SCHEDULE: Schedule = { frequency: 'daily', times: ['02:00'], timeZone: 'UTC' };

let app: RunningApp;
let api: ApiClient;
beforeAll(async () => {
  app = await startRunningApp(NAMES.map((name) => ({ name, os: 'Linux', policy: 'daily' })));
  api = apiClient(`${app.host.url}/api`);
});
afterAll(() => app.stop());

const problemOf = async (answer: Promise<unknown>): Promise<ApiProblem> => {
  const problem = await answer.then(
    () => undefined,
    (error) => error,
  );
  expect(problem).toBeInstanceOf(ApiProblem);
  return problem;
};

describe('a client of the running app', () => {
  it('gets every page of a list, and all that is in it', async () => {
    const list = (place: { after?: string }) => api.listVms({ limit: 2, ...place });
    const sizes: number[] = [];
    for await (const { vms } of allPages(list)) sizes.push(vms.length);
    expect(sizes).toEqual([2, 2, 1]);
    const all = await allItems(list, ({ vms }) => vms);
    expect(all.map(({ name }) => name)).toEqual(NAMES);
    expect(await allItems(api.listVms, ({ vms }) => vms)).toEqual(all);
  });

  it('changes the version that it has read, and no other', async () => {
    await api.putPolicy({ policy: 'gold', body: { schedule: SCHEDULE, instantRestoreDays: 1 } });
    const read = await api.answerTo('getPolicy', { policy: 'gold' });
    expect(read).toMatchObject({ status: 200, body: { name: 'gold', instantRestoreDays: 1 } });
    const etag = read.headers.get('etag') as string;
    const change = (instantRestoreDays: number) =>
      api.putPolicy(
        { policy: 'gold', body: { schedule: SCHEDULE, instantRestoreDays } },
        { headers: { 'If-Match': etag } },
      );
    expect(await change(2)).toMatchObject({ instantRestoreDays: 2 });
    expect(await problemOf(change(3))).toMatchObject({ status: 412, code: 'ChangedMeanwhile' });
    expect(await api.deletePolicy({ policy: 'gold' })).toBeUndefined();
  });

  it('starts something once under one Idempotency-Key, and asks for what it started', async () => {
    const start = (key: string) =>
      api.startMaintenance({ body: { dryRun: true } }, { headers: { 'Idempotency-Key': key } });
    const [first, again] = [await start('one'), await start('one')];
    expect(again).toEqual(first);
    await app.jobEnds(first.job);
    const job = await api.getJob(first);
    expect(job).toMatchObject({ kind: 'maintenance', state: 'Succeeded', maintenance: { dryRun: true } });
    expect(isOver(job)).toBe(true);
    const found = await api.listJobs({ kind: 'maintenance', state: 'Succeeded', vm: undefined });
    expect(found.jobs.map(({ id }) => id)).toEqual([first.job]);
  });

  it('is told what is wrong, and what to do about it', async () => {
    const [{ key = '' } = {}] = (await api.listVms()).vms;
    const unknown = await problemOf(api.getJob({ job: '20260301t020000z-backup-nobody-00000000' }));
    expect(unknown).toMatchObject({
      status: 404,
      code: 'NotFound',
      title: 'Unknown job',
      detail: 'There is no job 20260301t020000z-backup-nobody-00000000.',
      message: unknown.detail,
      remedy: 'Take the key from GET /api/jobs.',
    });
    const invalid = await problemOf(api.startBackup({ vm: key, body: { retentionDays: 0 } }));
    expect(invalid).toMatchObject({ status: 400, document: { field: 'retentionDays' } });
    // What it is asked for by name cannot leave its place in the path.
    expect(await problemOf(api.getPolicy({ policy: '../vms?x=/' }))).toMatchObject({ status: 400 });
  });
});
