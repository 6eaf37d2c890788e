import { setTimeout as pause } from 'node:timers/promises';
import { requestJson } from './http';
import { RequestFailed } from './request-failed';

const COMPUTE_VERSION = 'api-version=2025-04-01';
const RESOURCES_VERSION = 'api-version=2021-04-01';
const SHORTEST_WAIT_MS = 100;

/**
 * What administrators of VMs do in Azure, asked of the emulator as Azure is asked. Each call returns when the
 * operation has ended, and rejects with `RequestFailed` in Azure's words. Resources are named by their ids.
 */
export interface EmulatedAzure {
  power(vmId: string, to: 'start' | 'powerOff' | 'deallocate'): Promise<void>;
  /** Makes a disk larger. */
  grow(diskId: string, sizeGib: number): Promise<void>;
  attach(vmId: string, diskId: string, lun: number): Promise<void>;
  detach(vmId: string, diskId: string): Promise<void>;
  /** Moves resources of one resource group to another one. */
  /** @param resourceGroup a name, or the id of a group of another subscription */
  move(ids: string[], resourceGroup: string): Promise<void>;
  remove(id: string): Promise<void>;
  /** Ids of the network interfaces of a VM. */
  networkInterfacesOf(vmId: string): Promise<string[]>;
}

interface VmModel {
  properties: { networkProfile?: { networkInterfaces?: { id: string }[] } };
}
interface OperationStatus {
  status: string;
  error?: { code: string; message: string };
}

/** @param url of the emulator, for example `http://127.0.0.1:7080` */
export function emulatedAzure(url: string): EmulatedAzure {
  const base = url.replace(/\/$/, '');
  const version = (path: string) =>
    path.includes('/Microsoft.Network/') || path.endsWith('/moveResources')
      ? RESOURCES_VERSION
      : COMPUTE_VERSION;
  const ask = <T>(method: string, path: string, body?: unknown) =>
    requestJson<T>(method, `${base}${path}?${version(path)}`, body);

  async function run(method: string, path: string, body?: unknown): Promise<void> {
    const { headers } = await ask(method, path, body);
    const operation = headers.get('azure-asyncoperation');
    if (operation === null) return;
    for (;;) {
      const look = await requestJson<OperationStatus>('GET', operation);
      const { status, error } = look.body;
      if (error) throw new RequestFailed(409, error.code, error.message);
      if (status !== 'InProgress') return;
      await pause(Math.max(Number(look.headers.get('retry-after') ?? 0) * 1000, SHORTEST_WAIT_MS));
    }
  }

  return {
    power: (vmId, to) => run('POST', `${vmId}/${to}`),
    grow: (diskId, sizeGib) => run('PATCH', diskId, { properties: { diskSizeGB: sizeGib } }),
    attach: (vmId, diskId, lun) =>
      run('POST', `${vmId}/attachDetachDataDisks`, { dataDisksToAttach: [{ diskId, lun }] }),
    detach: (vmId, diskId) =>
      run('POST', `${vmId}/attachDetachDataDisks`, { dataDisksToDetach: [{ diskId }] }),
    async move(ids, resourceGroup) {
      const [group = ''] = /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+/i.exec(ids[0] ?? '') ?? [];
      const isId = resourceGroup.startsWith('/');
      const targetResourceGroup = isId ? resourceGroup : group.replace(/[^/]+$/, resourceGroup);
      await run('POST', `${group}/moveResources`, { resources: ids, targetResourceGroup });
    },
    remove: (id) => run('DELETE', id),
    async networkInterfacesOf(vmId) {
      const { body } = await ask<VmModel>('GET', vmId);
      return (body.properties.networkProfile?.networkInterfaces ?? []).map(({ id }) => id);
    },
  };
}
