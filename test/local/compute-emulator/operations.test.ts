import { get } from 'node:http';
import { restorePoller } from '@azure/arm-compute';
import { startCloud, type TestCloud } from './support/emulator';
import { createCollection, diskPoint, GROUP, openPoint, vmOf } from './support/steps';

/** The SDK takes `Retry-After: 0` for no answer and waits two seconds between polls unless told otherwise. */
const FAST = { updateIntervalInMs: 1 };

describe('long-running operations', () => {
  let cloud: TestCloud;

  beforeEach(async () => {
    cloud = await startCloud({ vms: [vmOf('Linux')] });
    await createCollection(cloud);
  });

  afterEach(() => cloud.close());

  const put = (path: string, body: object) =>
    fetch(
      `${cloud.url}/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/${GROUP}/providers/Microsoft.Compute${path}`,
      {
        method: 'PUT',
        body: JSON.stringify(body),
      },
    );

  it('tell where to ask for their end, with both headers, and when', async () => {
    await cloud.admin('PATCH', '/settings', { operationPolls: 1, retryAfterSeconds: 7 });
    const answer = await put('/restorePointCollections/vm-1/restorePoints/p?api-version=2026-04-01', {});
    expect(answer.status).toBe(201);
    expect(await answer.json()).toMatchObject({ properties: { provisioningState: 'Creating' } });
    expect(answer.headers.get('retry-after')).toBe('7');
    const status = await fetch(answer.headers.get('azure-asyncoperation') ?? '');
    expect(status.headers.get('retry-after')).toBe('7');
    expect(await status.json()).toMatchObject({ status: 'InProgress', startTime: expect.any(String) });
    const monitor = await fetch(answer.headers.get('location') ?? '');
    expect(monitor.status).toBe(200);
    const ended = await fetch(answer.headers.get('azure-asyncoperation') ?? '');
    expect(await ended.json()).toMatchObject({ status: 'Succeeded', endTime: expect.any(String) });
  });

  it('are in progress for as many polls as set, then give their result', async () => {
    await cloud.admin('PATCH', '/settings', { operationPolls: 3 });
    const point = await cloud.client.restorePoints.create(GROUP, 'vm-1', 'p', {}, FAST);
    expect(point.provisioningState).toBe('Succeeded');
    const { calls } = (await cloud.admin<Record<string, { calls: number }>>('GET', '/calls'))[
      'operations.get'
    ] ?? { calls: 0 };
    expect(calls).toBeGreaterThanOrEqual(4);
  });

  it('end when they are told to, however long they would take; those that never end do not', async () => {
    const create = (name: string) => cloud.client.restorePoints.create(GROUP, 'vm-1', name, {}, FAST);
    await cloud.admin('PATCH', '/settings', { operationPolls: 1_000_000 });
    const late = { operation: 'restorePoints.create', effect: { kind: 'late', seconds: 3600 } };
    await cloud.admin('POST', '/faults', late);
    const poller = create('late');
    await poller.submitted();
    expect((await poller.poll()).status).toBe('running');
    expect(await cloud.admin('POST', '/operations/end')).toEqual({ ended: 1 });
    expect((await poller.poll()).status).toBe('succeeded');

    await cloud.admin('POST', '/faults', { ...late, effect: { kind: 'endless' } });
    const endless = create('endless');
    await endless.submitted();
    expect(await cloud.admin('POST', '/operations/end')).toEqual({ ended: 0 });
    expect((await endless.poll()).status).toBe('running');
  });

  it('go on over a restart of the emulator', async () => {
    await cloud.admin('PATCH', '/settings', { operationPolls: 2 });
    const poller = cloud.client.restorePoints.create(GROUP, 'vm-1', 'p', {}, FAST);
    await poller.submitted();
    const serialized = (await poller.serialize()).replaceAll(cloud.url, 'OLD');
    cloud = await cloud.restart();
    const again = restorePoller(
      cloud.client,
      serialized.replaceAll('OLD', cloud.url),
      cloud.client.restorePoints.create,
      FAST,
    );
    expect((await again.pollUntilDone()).provisioningState).toBe('Succeeded');
  });

  it('allow one restore point of a VM at a time', async () => {
    await cloud.admin('POST', '/faults', { operation: 'restorePoints.create', effect: { kind: 'endless' } });
    await cloud.client.restorePoints.create(GROUP, 'vm-1', 'first', {}).submitted();
    await expect(cloud.client.restorePoints.create(GROUP, 'vm-1', 'second', {})).rejects.toMatchObject({
      code: 'VMRestorePointClientError',
      message: expect.stringContaining('concurrent'),
    });
  });

  it('fail a restore point when the VM is changed meanwhile', async () => {
    await cloud.admin('PATCH', '/settings', { operationPolls: 1 });
    const poller = cloud.client.restorePoints.create(GROUP, 'vm-1', 'p', {}, FAST);
    await poller.submitted();
    await cloud.client.virtualMachines.update(GROUP, 'vm-1', { tags: { a: 'b' } }, FAST).submitted();
    await expect(poller.pollUntilDone()).rejects.toThrow(
      'OperationNotAllowed. Changes were made to the Virtual Machine',
    );
  });

  it('leave idle connections to their clients: no answer names a limit', async () => {
    await cloud.client.restorePoints.create(GROUP, 'vm-1', 'p', {}, FAST);
    const blob = await openPoint(cloud, 'p');
    const bytes = fetch(blob.url, { headers: { 'x-ms-range': 'bytes=0-511' } });
    for (const answer of [bytes, put('/disks/d?api-version=1', [1]), fetch(`${cloud.url}/emulator/state`)]) {
      const { headers } = await answer;
      expect(headers.get('connection')).toBe('keep-alive');
      expect(headers.get('keep-alive')).toBeNull();
    }
  });

  it('answer what cannot be understood, and stay up', async () => {
    const raw = (path: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        const { hostname, port } = new URL(cloud.url);
        get({ hostname, port, path }, (answer) => resolve(answer.resume().statusCode)).on('error', reject);
      });
    expect(await raw('//')).toBe(400);
    expect(await raw('/subscriptions/%E0%A4%A?api-version=1')).toBe(400);
    expect((await put('/disks/d?api-version=1', [1])).status).toBe(400);
    const broken = await fetch(`${cloud.url}/emulator/faults`, { method: 'POST', body: '{' });
    expect(broken.status).toBe(400);
  });

  it('that fail leave things as they were', async () => {
    await cloud.client.restorePoints.create(GROUP, 'vm-1', 'p', {});
    const blob = await openPoint(cloud, 'p');
    const fail = (operation: string) =>
      cloud.admin('POST', '/faults', {
        operation,
        effect: { kind: 'fail-operation', code: 'InternalError' },
      });
    await fail('diskRestorePoint.grantAccess');
    await expect(openPoint(cloud, 'p')).rejects.toThrow('InternalError');
    expect((await blob.getProperties()).contentLength).toBe(1024 * 1024 + 512);
    await fail('diskRestorePoint.revokeAccess');
    const name = await diskPoint(cloud, 'p');
    await expect(cloud.client.diskRestorePoint.revokeAccess(GROUP, 'vm-1', 'p', name)).rejects.toThrow(
      'InternalError',
    );
    expect((await blob.getProperties()).contentLength).toBe(1024 * 1024 + 512);
    await cloud.client.diskRestorePoint.revokeAccess(GROUP, 'vm-1', 'p', name);
    await fail('restorePoints.delete');
    await expect(cloud.client.restorePoints.delete(GROUP, 'vm-1', 'p')).rejects.toThrow('InternalError');
    expect((await cloud.client.restorePoints.get(GROUP, 'vm-1', 'p')).provisioningState).toBe('Succeeded');
    await fail('virtualMachines.deallocate');
    await expect(cloud.client.virtualMachines.deallocate(GROUP, 'vm-1')).rejects.toThrow('InternalError');
    const { statuses } = await cloud.client.virtualMachines.instanceView(GROUP, 'vm-1');
    expect(statuses?.at(-1)?.code).toBe('PowerState/running');
  });

  it('want an api-version, a known path and the right subscription', async () => {
    const codes = [];
    const base = '/subscriptions/00000000-0000-0000-0000-000000000001';
    for (const [method, path] of [
      ['GET', `${base}/providers/Microsoft.Compute/virtualMachines`],
      ['GET', `${base}/providers/Microsoft.Compute/nothing?api-version=1`],
      ['GET', '/subscriptions/other/providers/Microsoft.Compute/virtualMachines?api-version=1'],
      ['POST', `${base}/providers/Microsoft.Compute/virtualMachines?api-version=1`],
      ['GET', `${base.toUpperCase()}/PROVIDERS/microsoft.COMPUTE/VirtualMACHINES?API-version=anything`],
    ] as const) {
      const answer = await fetch(`${cloud.url}${path}`, { method });
      const body = (await answer.json()) as { error?: { code: string } };
      codes.push(`${answer.status} ${body.error?.code ?? 'ok'}`);
    }
    expect(codes).toEqual([
      '400 MissingApiVersionParameter',
      '404 InvalidResourceType',
      '404 SubscriptionNotFound',
      '405 MethodNotAllowed',
      '200 ok',
    ]);
  });
});
