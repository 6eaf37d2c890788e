import { BlobServiceClient } from '@azure/storage-blob';
import { type Azurite, startAzurite } from '../../../local/azurite/azurite';
import { CATALOGUE } from '../../../src/failures/catalogue';
import { connectBlobStore } from '../../../src/storage/azure-blob-store';
import { openVault } from '../../../src/vault/vault';
import { addPoint } from '../../protection/support/points';
import { installationOn } from '../../protection/support/protection';
import { azureThatRefuses, refusal } from '../../storage/support/azure-that-refuses';
import { type RunningApp, startRunningApp } from '../support/running-app';

describe('an app with one manifest in the Archive tier', () => {
  let azurite: Azurite;
  let app: RunningApp;
  let vms: string[];
  const archive = (name: string) =>
    BlobServiceClient.fromConnectionString(azurite.connectionString)
      .getContainerClient('vault')
      .getBlobClient(name)
      .setAccessTier('Archive');
  beforeAll(async () => {
    azurite = await startAzurite();
    const fleet = ['web', 'sql'].map((name) => ({ name, os: 'Linux' as const, policy: 'daily' }));
    app = await startRunningApp(fleet, { VaultStorage: azurite.connectionString });
    vms = (await app.call('GET', 'vms')).body.vms.map(({ key }: { key: string }) => key);
    const store = connectBlobStore({ connectionString: azurite.connectionString }, 'vault');
    const services = { ...installationOn(store), vault: await openVault(store), setTime: () => undefined };
    for (const vm of vms) for (const day of [1, 2]) await addPoint(services, vm, day);
    await archive(`points/${vms[0]}.20260302t020000z.json`);
  });
  afterAll(async () => {
    await app?.stop();
    await azurite?.stop();
  });

  test('lists the fleet, with the point that is there and the one that cannot be read', async () => {
    const { status, body } = await app.call('GET', 'vms');
    expect(status).toBe(200);
    const pointId = `${vms[0]}.20260302t020000z`;
    expect(body.vms).toMatchObject([
      {
        key: vms[0],
        lastRecoveryPoint: { id: `${vms[0]}.20260301t020000z` },
        refusedPoints: [
          { pointId, failure: { code: 'VaultBlobArchived', remedy: CATALOGUE.VaultBlobArchived.remedy } },
        ],
      },
      { key: vms[1], lastRecoveryPoint: { id: `${vms[1]}.20260302t020000z` } },
    ]);
    expect(body.vms[0].refusedPoints[0].failure.message).toContain(`points/${pointId}.json`);
    expect(body.vms[1].refusedPoints).toBeUndefined();
  });

  test('lists the points of its VM, and names that one', async () => {
    const { status, body } = await app.call('GET', `vms/${vms[0]}/recovery-points`);
    expect(status).toBe(200);
    expect(body.recoveryPoints).toHaveLength(1);
    expect(body.refused).toMatchObject([{ failure: { code: 'VaultBlobArchived' } }]);
  });
});

// After the other: an app that cannot serve its document is held to that of one that could.
describe('an app whose storage lets nobody in', () => {
  let azure: Awaited<ReturnType<typeof azureThatRefuses>>;
  let app: RunningApp;
  beforeAll(async () => {
    azure = await azureThatRefuses();
    azure.answers(refusal(403, 'AuthorizationFailure'));
    const settings = { VaultStorage: azure.connectionString, VaultContainer: 'secretcontainer' };
    app = await startRunningApp([], settings);
  });
  afterAll(async () => {
    await app?.stop();
    await azure?.stop();
  });

  test.each([
    [403, 'KeyBasedAuthenticationNotPermitted', 'VaultKeyAccessDisabled'],
    [403, 'AuthorizationFailure', 'VaultFirewall'],
    [409, 'BlobArchived', 'VaultBlobArchived'],
  ] as const)(
    'answered %i %s says %s and the remedy, without a key, and nothing that names it',
    async (status, code, is) => {
      azure.answers(refusal(status, code));
      const health = await app.call('GET', 'health');
      const { title, remedy } = CATALOGUE[is];
      expect(health.status).toBe(503);
      expect(health.body).toEqual({
        status: 503,
        code: is,
        title: title.slice(0, -1),
        detail: title,
        remedy,
      });
      expect(JSON.stringify(health.body)).not.toMatch(/secret|127\.0\.0\.1|http|vault\.json|Azure says no/);
    },
  );

  test('tells a caller with a key what happened, too', async () => {
    azure.answers(refusal(403, 'AuthorizationPermissionMismatch'));
    const { body } = await app.call('GET', 'vms');
    expect(body).toMatchObject({
      code: 'VaultAccessDenied',
      detail: 'vault.json: AuthorizationPermissionMismatch, 403, Azure says no.',
      remedy: CATALOGUE.VaultAccessDenied.remedy,
    });
  });
});
