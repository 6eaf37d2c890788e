import { bearerTokenAuthenticationPolicyName } from '@azure/core-rest-pipeline';
import { connectCompute } from '../../src/compute/arm/connection';
import { vmResourceId } from '../../src/compute/arm/resource-id';
import { openDiskAccess } from '../../src/compute/disks/disk-access';
import { openDiskSource } from '../../src/compute/disks/disk-source';
import { removeSnapshot } from '../../src/compute/snapshots/remove-snapshot';
import { takeSnapshot } from '../../src/compute/snapshots/take-snapshot';
import { complete, failureOf } from './support/azure';
import { type StubAnswer, type StubArm, SUBSCRIPTION, startStubArm, stubVm } from './support/stub-arm';

const provider = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Compute`;
const point = `${provider}/restorePointCollections/c/restorePoints/p`;
const diskPoint = `${point}/diskRestorePoints/d`;

let arm: StubArm;
beforeEach(async () => {
  arm = await startStubArm();
});
afterEach(() => arm.close());

describe('a gateway that answers HTML', () => {
  it('is a service that is not there at the moment', async () => {
    arm.answer = () => ({ status: 502, headers: { 'content-type': 'text/html' }, body: '<html>Bad Gateway' });
    expect(await removeSnapshot(arm.compute, { restorePointId: point })).toMatchObject({ done: false });
  });
});

describe('a restore point of disks that are copied in the background', () => {
  const disks = (percent: number, count = 1) => ({
    value: Array.from({ length: count }, (_, at) => ({
      id: `${point}/diskRestorePoints/d${at}`,
      properties: { sourceUniqueId: 'unique', familyId: 'family', completionPercent: percent },
    })),
  });
  const slot = {
    name: 'os',
    osType: 'Linux',
    diskRestorePoint: { id: `${point.toUpperCase()}/DISKRESTOREPOINTS/D0` },
  };
  const restorePoint = {
    id: point,
    name: 'p',
    properties: {
      provisioningState: 'Succeeded',
      consistencyMode: 'FileSystemConsistent',
      timeCreated: '2026-11-23T00:00:00.000Z',
      sourceMetadata: { storageProfile: { osDisk: slot, dataDisks: [] } },
    },
  };
  const statuses = [{ code: 'PowerState/running' }];
  const vm = {
    id: vmResourceId(stubVm),
    location: 'westeurope',
    properties: { vmId: 'v', instanceView: { statuses } },
  };
  const input = {
    ref: stubVm,
    jobId: 'job',
    os: 'Linux',
    running: true,
    consistency: 'file-system',
    fallbackAllowed: true,
  } as const;
  let listing: unknown[];

  beforeEach(() => {
    arm.answer = (method, path): StubAnswer => {
      if (path.endsWith('/diskrestorepoints'))
        return { body: listing.length > 1 ? listing.shift() : listing[0] };
      if (path.includes('/restorepoints/'))
        return { status: method === 'PUT' ? 201 : 200, body: restorePoint };
      if (path.includes('/restorepointcollections/')) return { body: { id: 'c', properties: {} } };
      return { body: vm };
    };
  });

  it('is done when the copy is, not before', async () => {
    listing = [disks(10), disks(90), disks(100)];
    const { result, waits } = await complete(takeSnapshot, arm.compute, input);
    expect(waits).toEqual([60, 60]);
    expect(result.disks).toEqual([
      {
        diskId: 'os',
        lun: -1,
        sourceId: `${point}/diskRestorePoints/d0`,
        uniqueId: 'unique',
        familyId: 'family',
      },
    ]);
  });

  it('fails when its parts and its description disagree: a disk must not be missing from a recovery point', async () => {
    for (const odd of [
      disks(100, 2),
      disks(100, 0),
      { value: [{ id: `${point}/diskRestorePoints/d0`, properties: {} }] },
    ]) {
      listing = [odd];
      const failure = await failureOf(complete(takeSnapshot, arm.compute, input));
      expect(failure).toMatchObject({ step: 'snapshot', code: 'SnapshotServiceError' });
    }
  });
});

describe('a link to a disk', () => {
  it('that comes at once stays in this process, and in no token', async () => {
    arm.answer = () => ({ body: { accessSAS: `${arm.url}/md-1/c/abcd?sig=SECRET` } });
    const opened = await openDiskAccess(arm.compute, { sourceId: diskPoint, access: 'Read' });
    expect(opened).toEqual({ done: true, result: { opened: true } });
    expect([...arm.compute.links.keys()]).toEqual([diskPoint.toLowerCase()]);
  });

  it.each([
    ['missing', {}],
    ['no URL', { accessSAS: 'x' }],
    ['one without TLS to elsewhere', { accessSAS: 'http://10.0.0.4/md-1/c/abcd?sig=SECRET' }],
  ])('that is %s is refused, and not shown', async (_, body) => {
    arm.answer = () => ({ body });
    const failure = await failureOf(openDiskSource(arm.compute, { sourceId: diskPoint }));
    expect(failure).toMatchObject({ step: 'disk access', code: 'DiskAccessDenied' });
    expect(JSON.stringify(failure)).not.toMatch(/SECRET/);
  });

  it('that Azure grants later is waited for', async () => {
    let polls = 0;
    arm.answer = (method, path): StubAnswer => {
      if (method === 'POST') {
        const headers = {
          'azure-asyncoperation': `${arm.url}/operation?api-version=1`,
          location: `${arm.url}/result?api-version=1`,
          'retry-after': '0',
        };
        return { status: 202, headers };
      }
      if (method === 'HEAD') return { headers: { 'content-length': String(2 ** 20 + 512) } };
      if (path === '/result') return { body: { accessSAS: `${arm.url}/md-1/c/abcd?sig=SECRET` } };
      return { headers: { 'retry-after': '0' }, body: { status: ++polls < 3 ? 'InProgress' : 'Succeeded' } };
    };
    const source = await openDiskSource(arm.compute, { sourceId: diskPoint });
    expect(source.sizeBytes).toBe(2 ** 20);
    expect(polls).toBe(3);
  });
});

describe('production wiring', () => {
  it('sends tokens over https, and none over the plain http of this machine', () => {
    const policies = (endpoint: string) =>
      connectCompute({ endpoint, allowInsecureLoopback: true, subscriptions: [] })
        .client(SUBSCRIPTION)
        .pipeline.getOrderedPolicies()
        .map(({ name }) => name);
    expect(policies('https://management.azure.com')).toContain(bearerTokenAuthenticationPolicyName);
    expect(policies('http://127.0.0.1:7080')).not.toContain(bearerTokenAuthenticationPolicyName);
  });
});
