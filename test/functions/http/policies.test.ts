import { jobs } from '../../../src/jobs/jobs';
import { connectBlobStore } from '../../../src/storage/azure-blob-store';
import { WEEKLY_V1 } from '../../policies/azure-backup/support/examples';
import { addPoint, type Installation } from '../../protection/support/points';
import { type RunningApp, startRunningApp } from '../support/running-app';

const DAILY = { schedule: { frequency: 'daily', times: ['02:00'], timeZone: 'UTC' } };
const keeping = (retention: object) => ({ ...DAILY, retention });

let app: RunningApp;
let web: string;
const call: RunningApp['call'] = (...request) => app.call(...request);
const policyNow = async () => (await call('GET', 'policies/daily')).body;
const pointsNow = async () => (await call('GET', `vms/${web}/recovery-points`)).body.recoveryPoints.length;

/** A VM with six scheduled points, protected by a policy that keeps them all. */
beforeAll(async () => {
  app = await startRunningApp([{ name: 'web', os: 'Linux', policy: 'daily' }]);
  web = (await call('GET', 'vms')).body.vms[0].key;
  await call('PUT', `vms/${web}/protection`, { policy: 'daily' });
  const store = connectBlobStore({ connectionString: app.blobs.connectionString }, 'vault');
  const services = { store, jobs: jobs(store) } as unknown as Installation;
  for (let day = 1; day <= 6; day++) await addPoint(services, web, day);
});
afterAll(() => app.stop());

describe('a policy that lets go of points at once', () => {
  test('says so beforehand, and changes nothing by that', async () => {
    const { status, body } = await call('POST', 'policies/daily/what-if', keeping({ daily: 2 }));
    expect(status).toBe(200);
    expect(body).toEqual({
      policy: 'daily',
      letsGo: 4,
      vms: [{ vm: web, letsGo: 4, points: [1, 2, 3, 4].map((day) => `${web}.2026030${day}t020000z`) }],
    });
    expect(await policyNow()).toMatchObject({ retention: { daily: 30 } });
  });

  test('is refused without their number, and with another one; what stands in the answer is then taken', async () => {
    for (const query of ['', '?confirm=3', '?confirm=5']) {
      const { status, body } = await call('PUT', `policies/daily${query}`, keeping({ daily: 2 }));
      expect({ status, code: body.code, letsGo: body.letsGo, vms: body.vms }).toEqual({
        status: 409,
        code: 'PolicyLetsGoOfPoints',
        letsGo: 4,
        vms: [web],
      });
      expect(body.remedy).toContain('?confirm=4');
    }
    expect((await call('PUT', 'policies/daily?confirm=4', keeping({ daily: 2 }))).status).toBe(200);
    expect(await policyNow()).toMatchObject({ retention: { daily: 2 } });
    expect(await pointsNow()).toBe(6);
    const { body } = await call('POST', 'maintenance', {});
    await app.jobEnds(body.job);
    expect(await pointsNow()).toBe(2);
  });

  test('needs nothing confirmed for what goes already, for more that is kept, or for another schedule', async () => {
    const other = { ...keeping({ daily: 2 }), schedule: { ...DAILY.schedule, times: ['03:00'] } };
    expect((await call('PUT', 'policies/daily', other)).status).toBe(200);
    expect((await call('PUT', 'policies/daily', keeping({ daily: 40, last: 3 }))).status).toBe(200);
  });

  test('is asked about, too, where a preset comes back', async () => {
    const rules = [{ daysOfMonth: [6], keepFor: { days: 1 } }];
    await call('PUT', 'policies/daily?confirm=1', keeping({ rules }));
    const { body } = await call('POST', 'policies/daily/what-if', keeping({ daily: 30 }));
    expect(body.letsGo).toBe(0);
    expect((await call('DELETE', 'policies/daily')).status).toBe(204);
  });
});

describe('a VM that is protected another way', () => {
  const protect = (policy: string, query = '') => call('PUT', `vms/${web}/protection${query}`, { policy });
  const stopped = () => call('DELETE', `vms/${web}/protection`);
  beforeAll(async () => {
    await call('PUT', 'policies/short', keeping({ daily: 1 }));
    const store = connectBlobStore({ connectionString: app.blobs.connectionString }, 'vault');
    const services = { store, jobs: jobs(store) } as unknown as Installation;
    for (let day = 7; day <= 9; day++) await addPoint(services, web, day);
  });

  test.each([
    ['by a policy that keeps less', async () => undefined],
    ['again after its protection was stopped, which kept everything', stopped],
  ])('%s loses points by their number only', async (_how, first) => {
    await first();
    const before = await pointsNow();
    const { status, body } = await protect('short');
    expect({
      status,
      code: body.code,
      letsGo: body.letsGo,
      vms: body.vms,
      points: body.points.length,
    }).toEqual({
      status: 409,
      code: 'PolicyLetsGoOfPoints',
      letsGo: before - 1,
      vms: [web],
      points: before - 1,
    });
    expect(body.remedy).toContain(`/api/vms/${web}/recovery-points`);
    expect((await protect('short', '?confirm=1')).status).toBe(409);
    expect((await protect('short', `?confirm=${body.letsGo}`)).body).toMatchObject({ policy: 'short' });
    expect((await protect('daily')).body).toMatchObject({ policy: 'daily', state: 'protected' });
  });
});

test('a policy of Azure Backup is translated, stored by PUT alone, and its zone understood', async () => {
  const { body } = await call('POST', 'policies/import', WEEKLY_V1);
  expect(body).toMatchObject({ name: 'accounting-weekly', notCarriedOver: [], assumed: [] });
  expect((await call('GET', `policies/${body.name}`)).status).toBe(404);
  const stored = await call('PUT', `policies/${body.name}`, body.policy);
  expect(stored.body).toEqual({ name: body.name, ...body.policy });
  const inWindows = { schedule: { ...DAILY.schedule, timeZone: 'Tokyo Standard Time' } };
  expect((await call('PUT', 'policies/tokyo', inWindows)).body.schedule.timeZone).toBe('Asia/Tokyo');
});

test('what is wrong with a document of Azure Backup is told by its field', async () => {
  const properties = {
    ...WEEKLY_V1.properties,
    timeZone: 'Mars Standard Time',
    backupManagementType: 'AzureIaasVM',
  };
  const { status, body } = await call('POST', 'policies/import', { properties });
  expect({ status, field: body.field }).toEqual({ status: 400, field: 'properties.timeZone' });
});

test('a policy that is paused backs up nobody on schedule, and says so', async () => {
  await call('PUT', 'policies/daily', { ...DAILY, paused: true });
  const vmNow = async () => (await call('GET', 'vms')).body.vms[0];
  expect(await vmNow()).toMatchObject({ problem: 'The policy daily is paused.', policy: 'daily' });
  expect((await vmNow()).nextRun).toBeUndefined();
  await call('PUT', 'policies/daily', DAILY);
  expect((await vmNow()).problem).toBeUndefined();
  expect((await vmNow()).nextRun).toBeDefined();
});
