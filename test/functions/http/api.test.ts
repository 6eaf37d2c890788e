import { restoreId } from '../../../src/jobs/job-id';
import { jobs as jobRecords } from '../../../src/jobs/jobs';
import { connectBlobStore } from '../../../src/storage/azure-blob-store';
import { type EmulatedAzure, emulatedAzure, HELD } from '../support/emulated-azure';
import { type RunningApp, startRunningApp } from '../support/running-app';

const DAILY = { schedule: { frequency: 'daily', times: ['02:00'], timeZone: 'Europe/Berlin' } };
const NO_VM = 'nobody-00000000';
const NO_POINT = `${NO_VM}.20260301t020000z`;
const NO_JOB = '20260301t020000z-backup-nobody-00000000';

let app: RunningApp;
let web: string;
let sql: string;
let azure: EmulatedAzure;

const call: RunningApp['call'] = (...request) => app.call(...request);

async function backUp(vm: string, body: object = {}) {
  const { body: accepted } = await call('POST', `vms/${vm}/backups`, body);
  const job = await app.jobEnds(accepted.job);
  expect(job).toMatchObject({ state: 'Succeeded' });
  return job as unknown as { id: string; recoveryPoint: string };
}

beforeAll(async () => {
  app = await startRunningApp([
    { name: 'web', os: 'Linux', policy: 'daily', dataDisk: true },
    { name: 'sql', os: 'Windows', policy: 'No Policy At All!' },
  ]);
  azure = emulatedAzure(app.azure.url, app.azure.subscriptionId, 'fleet');
  const { body } = await call('GET', 'vms');
  [sql, web] = body.vms.map(({ key }: { key: string }) => key);
});
afterAll(() => app.stop());
afterEach(async () => {
  await azure.clearFaults();
  await azure.endOperations();
});

test('what is wrong inside is not told to callers without a key', async () => {
  const broken = await startRunningApp([], {
    VaultStorage:
      'DefaultEndpointsProtocol=http;AccountName=secret;AccountKey=a2V5;BlobEndpoint=http://127.0.0.1:9/x',
    Subscriptions: '',
  });
  try {
    const { status, body } = await broken.call('GET', 'health');
    expect(status).toBe(503);
    expect(JSON.stringify(body)).not.toMatch(/secret|Subscriptions|127\.0\.0\.1/);
  } finally {
    await broken.stop();
  }
});

describe('VMs', () => {
  test('are listed with policy, next run and what is wrong with their tag, page by page', async () => {
    const { body } = await call('GET', 'vms');
    expect(body.vms).toEqual([
      expect.objectContaining({ key: sql, protection: 'none', problem: expect.stringContaining('tag') }),
      expect.objectContaining({ key: web, protection: 'protected', policy: 'daily', orphaned: false }),
    ]);
    const first = await call('GET', 'vms?limit=1');
    expect(first.body.vms).toHaveLength(1);
    const second = await call('GET', `vms?limit=1&after=${first.body.next}`);
    expect(second.body.vms[0].key).toBe(web);
    expect(second.body.next).toBeUndefined();
  });

  test('show the true bytes of their disks, also while they are off', async () => {
    await app.azure.stopVm('sql');
    const { body } = await call('GET', 'vms');
    const sizes = body.vms.flatMap(({ disks }: { disks: object[] }) => disks);
    expect(sizes).toEqual([
      { diskId: 'os', lun: -1, name: 'sql-os', sizeBytes: 1024 * 1024 },
      { diskId: 'os', lun: -1, name: 'web-os', sizeBytes: 1024 * 1024 },
      { diskId: 'lun-0', lun: 0, name: 'web-data-0', sizeBytes: 1024 * 1024 },
    ]);
  });

  test.each(['limit=0', 'limit=many', 'limit=1001', 'after=../x', 'sort=name'])(
    '%s is refused',
    async (query) => {
      const { status, body } = await call('GET', `vms?${query}`);
      expect(status).toBe(400);
      expect(body.field).toBe(query.split('=')[0]);
    },
  );
});

describe('policies', () => {
  test('are made, read, changed by their version only, and deleted', async () => {
    const made = await call('PUT', 'policies/gold', DAILY);
    expect(made.status).toBe(200);
    const read = await call('GET', 'policies/gold');
    expect(read.headers.get('etag')).toBe(made.headers.get('etag'));
    const etag = made.headers.get('etag') as string;
    const changed = await call(
      'PUT',
      'policies/gold',
      { ...DAILY, instantRestoreDays: 3 },
      { 'If-Match': etag },
    );
    expect(changed.body.instantRestoreDays).toBe(3);
    expect((await call('PUT', 'policies/gold', DAILY, { 'If-Match': etag })).status).toBe(412);
    expect((await call('DELETE', 'policies/gold', undefined, { 'If-Match': etag })).status).toBe(412);
    expect((await call('DELETE', 'policies/gold')).status).toBe(204);
    expect((await call('GET', 'policies/gold')).status).toBe(404);
    expect((await call('DELETE', 'policies/gold')).status).toBe(404);
  });

  test('whose document cannot be read is in force no more, and can be deleted', async () => {
    const store = connectBlobStore({ connectionString: app.blobs.connectionString }, 'vault');
    await store.put('policies/bad.json', Buffer.from('{"half'));
    expect((await call('GET', 'policies/bad')).status).toBe(404);
    expect((await call('DELETE', 'policies/bad')).status).toBe(204);
    expect(await store.head('policies/bad.json')).toBeUndefined();
    expect((await call('DELETE', 'policies/bad')).status).toBe(404);
  });

  test('the presets are there without anybody having written them, and come back when their change is deleted', async () => {
    const { body } = await call('GET', 'policies');
    expect(body.policies.map(({ name }: { name: string }) => name)).toEqual(['daily', 'hourly']);
    expect((await call('DELETE', 'policies/hourly')).body.code).toBe('PolicyIsPreset');
    await call('PUT', 'policies/hourly', DAILY);
    expect((await call('DELETE', 'policies/hourly')).status).toBe(204);
    expect((await call('GET', 'policies/hourly')).body.schedule.frequency).toBe('hourly');
  });

  test.each([
    ['a time that does not exist', { schedule: { ...DAILY.schedule, times: ['25:00'] } }, 'schedule.times.0'],
    [
      'a zone that does not exist',
      { schedule: { ...DAILY.schedule, timeZone: 'Mars/Base' } },
      'schedule.timeZone',
    ],
    ['an unknown field', { ...DAILY, colour: 'red' }, 'colour'],
    ['no retention at all', { ...DAILY, retention: { daily: 0 } }, 'retention.daily'],
    ['31 days of instant restore', { ...DAILY, instantRestoreDays: 31 }, 'instantRestoreDays'],
    ['the OS disk excluded', { ...DAILY, disks: { exceptLuns: [-1] } }, 'disks.exceptLuns.0'],
    ['a list', [], 'body'],
    ['no JSON', '{', 'body'],
  ])('%s is refused by the name of the field', async (_what, body, field) => {
    const answer = await call('PUT', 'policies/bad', body);
    expect(answer.status).toBe(400);
    expect(answer.body.field).toBe(field);
  });

  test.each(['Gold', 'a_b', '-a', 'x'.repeat(64), '..%2Fjobs%2Fx'])(
    '%s is no name of a policy',
    async (name) => {
      expect((await app.call('PUT', `policies/${name}`, DAILY)).status).toBe(400);
    },
  );
});

describe('protection', () => {
  test('is given by the API, changed by its version, kept from deleted policies, and stopped', async () => {
    await call('PUT', 'policies/silver', DAILY);
    const before = await call('GET', `vms/${sql}/protection`);
    expect(before.body).toEqual({ vm: sql, state: 'none' });
    const ifMatch = { 'If-Match': before.headers.get('etag') };
    expect((await call('PUT', `vms/${sql}/protection`, { policy: 'silver' }, ifMatch)).body).toMatchObject({
      state: 'protected',
      policy: 'silver',
      protectedBy: 'api',
    });
    expect((await call('PUT', `vms/${sql}/protection`, { policy: 'daily' }, ifMatch)).status).toBe(412);
    expect((await call('DELETE', 'policies/silver')).body).toMatchObject({ code: 'PolicyInUse', vms: [sql] });
    const stopped = await call('DELETE', `vms/${sql}/protection`);
    expect(stopped.body).toMatchObject({ state: 'stopped', data: 'retain', deletedPoints: 0 });
    expect((await call('DELETE', 'policies/silver')).status).toBe(204);
  });

  test('a tag does not bring back what was stopped', async () => {
    await call('DELETE', `vms/${web}/protection`);
    const { body } = await call('GET', 'vms');
    expect(body.vms[1]).toMatchObject({ key: web, protection: 'stopped' });
    expect(body.vms[1].policy).toBeUndefined();
    await call('PUT', `vms/${web}/protection`, { policy: 'daily' });
  });

  test.each([
    ['PUT', `vms/${NO_VM}/protection`, { policy: 'daily' }, 404],
    ['PUT', 'vms/web/protection', { policy: 'platinum' }, 400],
    ['PUT', 'vms/web/protection', {}, 400],
    ['DELETE', `vms/${NO_VM}/protection`, undefined, 404],
    ['DELETE', 'vms/web/protection?data=burn', undefined, 400],
    ['GET', `vms/${NO_VM}/protection`, undefined, 404],
  ])('%s %s %j is answered with a problem', async (method, route, body, status) => {
    expect((await call(method, route, body)).status).toBe(status);
  });

  test('stopping with the data deleted deletes every point, which can be undeleted', async () => {
    const { recoveryPoint } = await backUp(sql);
    const stopped = await call('DELETE', `vms/${sql}/protection?data=delete`);
    expect(stopped.body).toMatchObject({ data: 'delete', deletedPoints: 1 });
    expect((await call('GET', `vms/${sql}/recovery-points`)).body.recoveryPoints).toEqual([]);
    expect((await call('POST', `recovery-points/${recoveryPoint}/undelete`)).status).toBe(200);
  });
});

describe('jobs and recovery points', () => {
  test('a backup on demand shows phases with times, and its point keeps to its own retention', async () => {
    const { id, recoveryPoint } = await backUp(web, { retentionDays: 3 });
    const { body: job } = await call('GET', `jobs/${id}`);
    expect(job.phases.map(({ phase }: { phase: string }) => phase)).toEqual([
      'inspect',
      'extension',
      'snapshot',
      'transfer',
      'remove-snapshot',
      'commit',
    ]);
    for (const { startedAt, endedAt } of job.phases) {
      expect(Date.parse(endedAt)).toBeGreaterThanOrEqual(Date.parse(startedAt));
    }
    const { body: point } = await call('GET', `recovery-points/${recoveryPoint}`);
    const days = (Date.parse(point.retainUntil) - Date.parse(job.createdAt)) / 86_400_000;
    expect(days).toBe(3);
    expect(point).toMatchObject({ vm: web, tier: 'vault', partial: false });
    expect(point.disks.map(({ lun }: { lun: number }) => lun)).toEqual([-1, 0]);
  });

  test('a disk that the policy excludes is not in the point, which says so; the OS disk always is', async () => {
    await call('PUT', 'policies/os-only', { ...DAILY, disks: { onlyLuns: [] } });
    await call('PUT', `vms/${web}/protection`, { policy: 'os-only' });
    const { recoveryPoint } = await backUp(web);
    const { body: point } = await call('GET', `recovery-points/${recoveryPoint}`);
    expect(point.disks.map(({ lun }: { lun: number }) => lun)).toEqual([-1]);
    expect(point).toMatchObject({ partial: true, excludedDisks: [{ lun: 0 }] });
    await call('PUT', `vms/${web}/protection`, { policy: 'daily' });
  });

  test('a request with an Idempotency-Key starts one job, however often it comes', async () => {
    const key = { 'Idempotency-Key': 'one-of-a-kind' };
    const start = () => call('POST', `vms/${web}/backups`, {}, key);
    const answers = await Promise.all([start(), start(), start()]);
    const started = new Set(answers.filter(({ status }) => status === 202).map(({ body }) => body.job));
    expect(started.size).toBe(1);
    const [job] = [...started];
    await app.jobEnds(job);
    expect((await start()).body.job).toBe(job);
    const other = await call('POST', `vms/${web}/backups`, { retentionDays: 9 }, key);
    expect(other.body.code).toBe('IdempotencyKeyReused');
    const fresh = { 'Idempotency-Key': 'another-one' };
    const { status, body } = await call('POST', `vms/${web}/backups`, { retentionDays: 9 }, fresh);
    expect(status).toBe(202);
    await app.jobEnds(body.job);
  });

  test('a second backup of a VM is refused with the job that holds it', async () => {
    await azure.fault('restorePoints.create', HELD);
    const first = await call('POST', `vms/${web}/backups`);
    const second = await call('POST', `vms/${web}/backups`);
    expect(second.status).toBe(409);
    expect(second.body).toMatchObject({ code: 'BackupAlreadyRunning', job: first.body.job });
    expect((await call('DELETE', `vms/${web}/protection`)).status).toBe(409);
    await azure.release('restorePoints.create');
    await app.jobEnds(first.body.job);
    expect((await call('POST', `jobs/${first.body.job}/cancel`)).body.code).toBe('JobIsOver');
  });

  test('a point is verified, restored, deleted and undeleted', async () => {
    const { recoveryPoint } = await backUp(web);
    const verification = await call('POST', `recovery-points/${recoveryPoint}/verifications`);
    const verified = await app.jobEnds(verification.body.job);
    expect(verified).toMatchObject({ kind: 'verification', state: 'Succeeded' });
    const restore = await call('POST', `recovery-points/${recoveryPoint}/restores`, { target: 'disks' });
    const restored = await app.jobEnds(restore.body.job);
    expect(restored).toMatchObject({ state: 'Succeeded' });
    expect((restored.restoredDisks as unknown[]).length).toBe(2);
    expect((await call('DELETE', `recovery-points/${recoveryPoint}`)).status).toBe(200);
    expect((await call('GET', `recovery-points/${recoveryPoint}`)).status).toBe(410);
    expect((await call('POST', `recovery-points/${recoveryPoint}/verifications`)).status).toBe(410);
    expect((await call('POST', `recovery-points/${recoveryPoint}/undelete`)).body.id).toBe(recoveryPoint);
    expect((await call('GET', `recovery-points/${recoveryPoint}`)).status).toBe(200);
  });

  test('a point whose snapshot was kept is restored from it to the byte, without reading the vault', async () => {
    await call('PUT', 'policies/instant', { ...DAILY, instantRestoreDays: 2 });
    await call('PUT', `vms/${web}/protection`, { policy: 'instant' });
    const { recoveryPoint } = await backUp(web);
    expect((await call('GET', `recovery-points/${recoveryPoint}`)).body.tier).toBe('snapshot+vault');
    const restore = await call('POST', `recovery-points/${recoveryPoint}/restores`, { target: 'disks' });
    const job = await app.jobEnds(restore.body.job);
    expect(job).toMatchObject({ state: 'Succeeded' });
    const hashOf = async (disk: string) => {
      const answer = await fetch(`${app.azure.url}/emulator/disks/${disk}/sha256`);
      return ((await answer.json()) as { sha256: string }).sha256;
    };
    for (const { diskId, name } of job.restoredDisks as { diskId: string; name: string }[]) {
      const source = diskId === 'os' ? 'web-os' : 'web-data-0';
      expect(await hashOf(name)).toBe(await hashOf(source));
    }
    const disks = job.disks as { readBytes: number; reason?: string }[];
    expect(disks.map(({ readBytes, reason }) => ({ readBytes, reason }))).toEqual([
      { readBytes: 0 },
      { readBytes: 0 },
    ]);
    await call('PUT', `vms/${web}/protection`, { policy: 'daily' });
  });

  test('maintenance tells in a dry run what would go, and is a job like any other', async () => {
    const dry = await call('POST', 'maintenance', { dryRun: true });
    expect(await app.jobEnds(dry.body.job)).toMatchObject({
      kind: 'maintenance',
      state: 'Succeeded',
      maintenance: { dryRun: true, expiredPoints: 0 },
    });
    await call('GET', `jobs/${dry.body.job}`);
  });

  test('jobs are found by VM, kind, state and time, page by page, newest first', async () => {
    const all = (await call('GET', 'jobs?limit=1000')).body.jobs as {
      id: string;
      kind: string;
      vm?: string;
    }[];
    expect(all.map(({ id }) => id.slice(0, 16))).toEqual(
      all
        .map(({ id }) => id.slice(0, 16))
        .sort()
        .reverse(),
    );
    const paged: string[] = [];
    let next: string | undefined;
    do {
      const page = await call('GET', `jobs?limit=2${next === undefined ? '' : `&after=${next}`}`);
      paged.push(...page.body.jobs.map(({ id }: { id: string }) => id));
      next = page.body.next;
    } while (next !== undefined);
    expect(paged).toEqual(all.map(({ id }) => id));
    const ofSql = (await call('GET', `jobs?vm=${sql}&kind=backup&state=Succeeded`)).body.jobs;
    expect(ofSql.map(({ id }: { id: string }) => id)).toEqual(
      all.filter(({ kind, vm }) => vm === sql && kind === 'backup').map(({ id }) => id),
    );
    expect((await call('GET', 'jobs?to=2020-01-01T00:00:00Z')).body.jobs).toEqual([]);
    expect((await call('GET', 'jobs?from=2200-01-01T00:00:00Z')).body.jobs).toEqual([]);
  });

  test.each([
    ['GET', `jobs/${NO_JOB}`, undefined, 404],
    ['POST', `jobs/${NO_JOB}/cancel`, undefined, 404],
    ['GET', 'jobs/backup', undefined, 400],
    ['GET', 'jobs?state=Sleeping', undefined, 400],
    ['GET', 'jobs?from=yesterday', undefined, 400],
    ['GET', `vms/${NO_VM}/recovery-points`, undefined, 404],
    ['GET', `recovery-points/${NO_POINT}`, undefined, 404],
    ['DELETE', `recovery-points/${NO_POINT}`, undefined, 404],
    ['POST', `recovery-points/${NO_POINT}/undelete`, undefined, 404],
    ['POST', `recovery-points/${NO_POINT}/restores`, { target: 'disks' }, 404],
    ['POST', `recovery-points/${NO_POINT}/restores`, { target: 'vm', size: '' }, 400],
    ['POST', `recovery-points/${NO_POINT}/restores`, { target: 'moon' }, 400],
    ['POST', `recovery-points/${NO_POINT}/restores`, { target: 'disks', resourceGroup: 'a/b' }, 400],
    ['POST', `recovery-points/${NO_POINT}/verifications`, undefined, 404],
    ['POST', `vms/${NO_VM}/backups`, {}, 404],
    ['POST', 'vms/web/backups', { retentionDays: 0 }, 400],
    ['POST', 'vms/web/backups', { retentionDays: 1, force: true }, 400],
    ['POST', 'maintenance', { dryRun: 'yes' }, 400],
  ])('%s %s %j is answered with a problem', async (method, route, body, status) => {
    expect((await call(method, route, body)).status).toBe(status);
  });
});

test('a recovery point that nobody knows is told as such, whatever was to be done with it', async () => {
  for (const [method, route, body] of [
    ['GET', '', undefined],
    ['DELETE', '', undefined],
    ['POST', '/undelete', undefined],
    ['POST', '/restores', { target: 'disks' }],
    ['POST', '/verifications', undefined],
  ] as const) {
    expect((await call(method, `recovery-points/${NO_POINT}${route}`, body)).body).toEqual({
      status: 404,
      code: 'RecoveryPointNotFound',
      title: 'There is no such recovery point',
      detail: `There is no such recovery point: recovery point ${NO_POINT}.`,
      remedy: 'Take an id that GET /api/vms/{vm}/recovery-points lists.',
    });
  }
});

test('a restore whose orchestration is gone is closed by the sweeper, and a young one is left alone', async () => {
  const records = jobRecords(connectBlobStore({ connectionString: app.blobs.connectionString }, 'vault'));
  const record = async (at: number) => {
    const id = restoreId(web, new Date(at).toISOString(), 'abcdef');
    const common = { id, kind: 'restore', vm: web, state: 'Running', trigger: 'on-demand' } as const;
    await records.create(id, { ...common, createdAt: new Date(at).toISOString(), disks: [], warnings: [] });
    return id;
  };
  const old = await record(Date.now() - 3_600_000);
  const young = await record(Date.now());
  await fetch(`${app.host.url}/admin/functions/sweeper`, { method: 'POST', body: '{"input":""}' });
  expect(await app.jobEnds(old)).toMatchObject({ state: 'Failed', error: { code: 'JobInterrupted' } });
  expect((await call('GET', `jobs/${young}`)).body.state).toBe('Running');
});
