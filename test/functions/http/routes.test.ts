import fc from 'fast-check';
import { WEEKLY_V1 } from '../../policies/azure-backup/support/examples';
import { type EmulatedAzure, emulatedAzure, HELD } from '../support/emulated-azure';
import { hostileRequest, NO_JOB, NO_POINT, NO_VM } from '../support/hostile-requests';
import { type RunningApp, startRunningApp } from '../support/running-app';

/**
 * Every route with good, bad and hostile requests. The table below has one row for each operation of the
 * served OpenAPI document, and every answer is held against that document.
 */
const POLICY = { schedule: { frequency: 'daily', times: ['02:00'], timeZone: 'Europe/Berlin' } };

interface Ask {
  path: string;
  body?: unknown;
  headers?: Record<string, string>;
}
type Bad = [what: string, status: number, ask: Ask];

interface Row {
  method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  route: string;
  /** Made when its turn comes, with all that it needs: no row builds on another. */
  good: () => Ask | Promise<Ask>;
  bad: () => Bad[] | Promise<Bad[]>;
}

let app: RunningApp;
let azure: EmulatedAzure;
let web: string;
let point: string;
/** A point that may go. */
let deleted: string;
let job: string;

const path = (path: string, body?: unknown, headers?: Record<string, string>): Ask => ({
  path,
  body,
  headers,
});
const BAD_KEY = { 'Idempotency-Key': 'with a blank' };
const BAD_ETAG = { 'If-Match': 'no etag' };
/** What every route refuses. */
const strangeQuery = (good: string): Bad => ['a query parameter of nobody', 400, path(`${good}?colour=red`)];

const ROUTES: Record<string, Row> = {
  health: {
    method: 'GET',
    route: 'health',
    good: () => path('health'),
    bad: () => [strangeQuery('health')],
  },
  openApi: {
    method: 'GET',
    route: 'openapi.json',
    good: () => path('openapi.json'),
    bad: () => [strangeQuery('openapi.json')],
  },
  listVms: {
    method: 'GET',
    route: 'vms',
    good: () => path('vms?limit=1'),
    bad: () => [
      ['no page', 400, path('vms?limit=0')],
      ['a page too large', 400, path('vms?limit=1001')],
      ['a place outside the keys', 400, path('vms?after=..')],
      strangeQuery('vms'),
    ],
  },
  getProtection: {
    method: 'GET',
    route: 'vms/{vm}/protection',
    good: () => path(`vms/${web}/protection`),
    bad: () => [
      ['a VM that nobody knows', 404, path(`vms/${NO_VM}/protection`)],
      ['no key of a VM', 400, path('vms/Web/protection')],
    ],
  },
  putProtection: {
    method: 'PUT',
    route: 'vms/{vm}/protection',
    good: () => path(`vms/${web}/protection`, { policy: 'daily' }),
    bad: () => [
      ['a VM that nobody knows', 404, path(`vms/${NO_VM}/protection`, { policy: 'daily' })],
      ['a policy that nobody made', 400, path(`vms/${web}/protection`, { policy: 'platinum' })],
      ['no policy', 400, path(`vms/${web}/protection`, {})],
      ['no number', 400, path(`vms/${web}/protection?confirm=all`, { policy: 'daily' })],
      ['no ETag', 400, path(`vms/${web}/protection`, { policy: 'daily' }, BAD_ETAG)],
      ['another version', 412, path(`vms/${web}/protection`, { policy: 'daily' }, { 'If-Match': '"x"' })],
    ],
  },
  listLeftovers: {
    method: 'GET',
    route: 'leftovers',
    good: () => path('leftovers'),
    bad: () => [strangeQuery('leftovers')],
  },
  listPolicies: {
    method: 'GET',
    route: 'policies',
    good: () => path('policies'),
    bad: () => [strangeQuery('policies')],
  },
  putPolicy: {
    method: 'PUT',
    route: 'policies/{policy}',
    good: () => path('policies/gold', POLICY),
    bad: () => [
      ['no policy', 400, path('policies/gold', {})],
      ['a name with capitals', 400, path('policies/Gold', POLICY)],
      ['a field of nobody', 400, path('policies/gold', { ...POLICY, colour: 'red' })],
      ['another version', 412, path('policies/gold', POLICY, { 'If-Match': '"x"' })],
      ['a retention that keeps nothing', 400, path('policies/gold', { ...POLICY, retention: {} })],
      ['no number of points', 400, path('policies/gold?confirm=all', POLICY)],
    ],
  },
  whatIfPolicy: {
    method: 'POST',
    route: 'policies/{policy}/what-if',
    good: () => path('policies/daily/what-if', POLICY),
    bad: () => [
      ['no policy', 400, path('policies/daily/what-if', {})],
      ['a retention that keeps nothing', 400, path('policies/daily/what-if', { ...POLICY, retention: {} })],
      strangeQuery('policies/daily/what-if'),
    ],
  },
  importPolicy: {
    method: 'POST',
    route: 'policies/import',
    good: () => path('policies/import', WEEKLY_V1),
    bad: () => [
      ['no document', 400, path('policies/import', {})],
      ['a policy of this system', 400, path('policies/import', POLICY)],
      [
        'a policy of files',
        400,
        path('policies/import', {
          properties: { ...WEEKLY_V1.properties, backupManagementType: 'AzureStorage' },
        }),
      ],
    ],
  },
  getPolicy: {
    method: 'GET',
    route: 'policies/{policy}',
    good: async () => {
      await ask('PUT', path('policies/bronze', POLICY));
      return path('policies/bronze');
    },
    bad: () => [['a policy that nobody made', 404, path('policies/platinum')]],
  },
  deletePolicy: {
    method: 'DELETE',
    route: 'policies/{policy}',
    good: async () => {
      await ask('PUT', path('policies/silver', POLICY));
      return path('policies/silver');
    },
    bad: () => [
      ['a policy that nobody made', 404, path('policies/platinum')],
      ['a preset', 409, path('policies/hourly')],
    ],
  },
  startBackup: {
    method: 'POST',
    route: 'vms/{vm}/backups',
    good: () => path(`vms/${web}/backups`, { retentionDays: 1 }),
    bad: async () => {
      const key = { 'Idempotency-Key': 'first' };
      await app.jobEnds((await app.call('POST', `vms/${web}/backups`, { retentionDays: 1 }, key)).body.job);
      return [
        ['a VM that nobody knows', 404, path(`vms/${NO_VM}/backups`, {})],
        ['no days', 400, path(`vms/${web}/backups`, { retentionDays: 0 })],
        ['a field of nobody', 400, path(`vms/${web}/backups`, { force: true })],
        ['no key', 400, path(`vms/${web}/backups`, {}, BAD_KEY)],
        ['a key that was used', 422, path(`vms/${web}/backups`, {}, key)],
      ];
    },
  },
  getJob: {
    method: 'GET',
    route: 'jobs/{job}',
    good: () => path(`jobs/${job}`),
    bad: () => [
      ['a job that nobody knows', 404, path(`jobs/${NO_JOB}`)],
      ['no id of a job', 400, path('jobs/backup')],
      ['a time that does not exist', 400, path('jobs/20261399t020000z-backup-web')],
    ],
  },
  listDamage: {
    method: 'GET',
    route: 'jobs/{job}/damage',
    good: () => path(`jobs/${job}/damage?disk=os&limit=5&after=os.000000.000000`),
    bad: () => [
      ['a job that nobody knows', 404, path(`jobs/${NO_JOB}/damage`)],
      ['no id of a disk', 400, path(`jobs/${job}/damage?disk=c`)],
      ['no page', 400, path(`jobs/${job}/damage?limit=0`)],
      ['no place', 400, path(`jobs/${job}/damage?after=os`)],
      strangeQuery(`jobs/${job}/damage`),
    ],
  },
  cancelJob: {
    method: 'POST',
    route: 'jobs/{job}/cancel',
    good: async () => {
      await azure.fault('restorePoints.create', HELD);
      const { body } = await app.call('POST', `vms/${web}/backups`, {});
      return path(`jobs/${body.job}/cancel`);
    },
    bad: () => [
      ['a job that nobody knows', 404, path(`jobs/${NO_JOB}/cancel`)],
      ['a body', 400, path(`jobs/${job}/cancel`, { force: true })],
    ],
  },
  listJobs: {
    method: 'GET',
    route: 'jobs',
    good: () => path(`jobs?vm=${web}&kind=backup&limit=5&from=2020-01-01T00:00:00Z`),
    bad: () => [
      ['a state of nobody', 400, path('jobs?state=Sleeping')],
      ['no time', 400, path('jobs?from=yesterday')],
      ['a kind of nobody', 400, path('jobs?kind=copy')],
      ['no place', 400, path('jobs?after=x')],
    ],
  },
  listRecoveryPoints: {
    method: 'GET',
    route: 'vms/{vm}/recovery-points',
    good: () => path(`vms/${web}/recovery-points`),
    bad: () => [
      ['a VM that nobody knows', 404, path(`vms/${NO_VM}/recovery-points`)],
      ['a yes that is none', 400, path(`vms/${web}/recovery-points?deleted=yes`)],
    ],
  },
  getRecoveryPoint: {
    method: 'GET',
    route: 'recovery-points/{point}',
    good: () => path(`recovery-points/${point}`),
    bad: () => [
      ['a point that nobody knows', 404, path(`recovery-points/${NO_POINT}`)],
      ['no id of a point', 400, path(`recovery-points/${web}`)],
    ],
  },
  startVerification: {
    method: 'POST',
    route: 'recovery-points/{point}/verifications',
    good: () => path(`recovery-points/${point}/verifications`),
    bad: () => [
      ['a point that nobody knows', 404, path(`recovery-points/${NO_POINT}/verifications`)],
      ['a body', 400, path(`recovery-points/${point}/verifications`, { deep: true })],
    ],
  },
  startRestore: {
    method: 'POST',
    route: 'recovery-points/{point}/restores',
    good: () =>
      path(`recovery-points/${point}/restores`, {
        target: 'vm',
        name: 'web-2',
        network: { subnet: azure.subnetId },
      }),
    bad: () => {
      const restores = `recovery-points/${point}/restores`;
      const vm = { target: 'vm', name: 'x', network: { subnet: azure.subnetId } };
      return [
        ['a point that nobody knows', 404, path(`recovery-points/${NO_POINT}/restores`, { target: 'disks' })],
        ['no target', 400, path(restores, {})],
        ['a target of nobody', 400, path(restores, { target: 'moon' })],
        ['a disk that the point lacks', 400, path(restores, { ...vm, disks: ['os', 'lun-63'] })],
        ['two networks', 400, path(restores, { ...vm, network: { subnet: 'a', interface: 'b' } })],
        ['a field of another target', 400, path(restores, { target: 'replace', name: 'x' })],
        ['a group that is none', 400, path(restores, { target: 'disks', resourceGroup: 'a/b' })],
        ['no key', 400, path(restores, { target: 'disks' }, BAD_KEY)],
      ];
    },
  },
  deleteRecoveryPoint: {
    method: 'DELETE',
    route: 'recovery-points/{point}',
    good: () => path(`recovery-points/${deleted}`),
    bad: () => [
      ['a point that nobody knows', 404, path(`recovery-points/${NO_POINT}`)],
      ['a dry run of a point that nobody knows', 404, path(`recovery-points/${NO_POINT}?dryRun=true`)],
      ['a yes in words', 400, path(`recovery-points/${deleted}?dryRun=yes`)],
    ],
  },
  holdRecoveryPoint: {
    method: 'PUT',
    route: 'recovery-points/{point}/hold',
    good: () => path(`recovery-points/${point}/hold`, { reason: 'an audit' }),
    bad: () => [
      ['a point that nobody knows', 404, path(`recovery-points/${NO_POINT}/hold`, { reason: 'an audit' })],
      ['no reason', 400, path(`recovery-points/${point}/hold`, {})],
      ['a blank reason', 400, path(`recovery-points/${point}/hold`, { reason: '  ' })],
    ],
  },
  releaseRecoveryPoint: {
    method: 'DELETE',
    route: 'recovery-points/{point}/hold',
    good: () => path(`recovery-points/${point}/hold`),
    bad: () => [['a point that nobody knows', 404, path(`recovery-points/${NO_POINT}/hold`)]],
  },
  retainRecoveryPoint: {
    method: 'PUT',
    route: 'recovery-points/{point}/retention',
    good: () => path(`recovery-points/${point}/retention`, { retainUntil: '2099-01-01T00:00:00Z' }),
    bad: () => {
      const retention = `recovery-points/${point}/retention`;
      return [
        ['no time', 400, path(retention, {})],
        ['a time that is none', 400, path(retention, { retainUntil: 'for ever' })],
        ['an earlier time', 409, path(retention, { retainUntil: '2000-01-01T00:00:00Z' })],
        [
          'a point that nobody knows',
          404,
          path(`recovery-points/${NO_POINT}/retention`, { retainUntil: '2099-01-01T00:00:00Z' }),
        ],
      ];
    },
  },
  getVault: {
    method: 'GET',
    route: 'vault',
    good: async () => {
      await app.jobEnds((await app.call('POST', 'maintenance', { dryRun: true })).body.job);
      return path('vault');
    },
    bad: () => [strangeQuery('vault'), ['no key of a VM', 400, path('vault?after=../x')]],
  },
  undeleteRecoveryPoint: {
    method: 'POST',
    route: 'recovery-points/{point}/undelete',
    good: async () => {
      await app.call('DELETE', `recovery-points/${deleted}`);
      return path(`recovery-points/${deleted}/undelete`);
    },
    bad: () => [['a point that nobody knows', 404, path(`recovery-points/${NO_POINT}/undelete`)]],
  },
  startMaintenance: {
    method: 'POST',
    route: 'maintenance',
    good: () => path('maintenance', { dryRun: true }),
    bad: () => [
      ['a yes in words', 400, path('maintenance', { dryRun: 'yes' })],
      ['no JSON', 400, path('maintenance', '{')],
      ['a list', 400, path('maintenance', [])],
    ],
  },
  deleteProtection: {
    method: 'DELETE',
    route: 'vms/{vm}/protection',
    good: () => path(`vms/${web}/protection?data=retain`),
    bad: () => [
      ['a VM that nobody knows', 404, path(`vms/${NO_VM}/protection`)],
      ['data that is burnt', 400, path(`vms/${web}/protection?data=burn`)],
    ],
  },
};

const ask = (method: string, { path, body, headers }: Ask) => app.call(method, path, body, headers);

beforeAll(async () => {
  app = await startRunningApp([{ name: 'web', os: 'Linux', policy: 'daily', dataDisk: true }]);
  azure = emulatedAzure(app.azure.url, app.azure.subscriptionId, 'fleet');
  web = (await app.call('GET', 'vms')).body.vms[0].key;
  deleted = (await backUp()).recoveryPoint as string;
  const made = await backUp();
  point = made.recoveryPoint as string;
  job = made.id as string;
});
afterAll(() => app.stop());
afterEach(() => app.calm(azure));

const backUp = async () => app.jobEnds((await app.call('POST', `vms/${web}/backups`, {})).body.job);

test('the served document describes the routes of the table, no more and no fewer, with keys for all but two', () => {
  const operations = Object.entries(app.contract.document.paths).flatMap(([route, methods]) =>
    Object.entries(methods as Record<string, { operationId: string; security?: [] }>).map(
      ([method, { operationId, security }]) => ({ operationId, method, route, open: security?.length === 0 }),
    ),
  );
  const described = operations.map(({ operationId, method, route }) => [operationId, method, route]);
  const covered = Object.entries(ROUTES).map(([name, { method, route }]) => [
    name,
    method.toLowerCase(),
    `/${route}`,
  ]);
  expect(described.sort()).toEqual(covered.sort());
  const open = operations.filter((operation) => operation.open).map(({ operationId }) => operationId);
  expect(open.sort()).toEqual(['health', 'openApi']);
});

describe.each(Object.entries(ROUTES))('%s', (name, { method, route, good, bad }) => {
  test('does what it is there for', async () => {
    const { status, body } = await ask(method, await good());
    expect({ name, status, good: status >= 200 && status < 300, body }).toMatchObject({ good: true });
    if (status === 202) await app.jobEnds(body.job);
  });

  test('refuses what is wrong, with the status that says so', async () => {
    for (const [what, status, request] of await bad()) {
      const answer = await ask(method, request);
      expect({ what, status: answer.status, body: answer.body }).toMatchObject({
        what,
        status,
        body: { status, code: expect.any(String), title: expect.any(String), remedy: expect.any(String) },
      });
    }
  });

  test('answers whatever is sent as described, and never fails', async () => {
    await fc.assert(
      fc.asyncProperty(hostileRequest(route), async ({ path, body, headers }) => {
        const { status } = await app.call(method, path, method === 'GET' ? undefined : body, headers);
        expect(status).toBeLessThan(500);
      }),
      { numRuns: 30 },
    );
  });
});
