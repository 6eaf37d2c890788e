import { requestJson } from '../../../client/http';
import type { Wire } from '../../../src/restore/properties';
import type { VmShape } from './vm-shapes';

const API = 'api-version=2026-04-01';
const NETWORK_API = 'api-version=2024-05-01';

/** A VM with its disks and network interfaces, as Azure answers them. */
export interface WholeVm {
  vm: Wire;
  /** By LUN, −1 for the OS disk. */
  disks: Map<number, Wire>;
  interfaces: Wire[];
}

/** The emulator, for making VMs of any shape and looking at them. */
export function shapedAzure(url: string, subscription: string, group: string) {
  const inGroup = `/subscriptions/${subscription}/resourceGroups/${group}/providers`;
  const arm = async (method: string, id: string, body?: unknown): Promise<Wire> => {
    const api = id.includes('Microsoft.Network') ? NETWORK_API : API;
    return (await requestJson(method, `${url}${id}?${api}`, body)).body as Wire;
  };
  const vmId = (name: string) => `${inGroup}/Microsoft.Compute/virtualMachines/${name}`;
  const diskId = (name: string) => `${inGroup}/Microsoft.Compute/disks/${name}`;
  const nicId = (name: string) => `${inGroup}/Microsoft.Network/networkInterfaces/${name}`;

  async function makeDisk(name: string, { properties, ...disk }: Wire, zones: unknown): Promise<string> {
    const { creationData, ...others } = (properties ?? {}) as Wire & { creationData?: Wire };
    const isRedundant = String((disk.sku as Wire | undefined)?.name ?? '').endsWith('_ZRS');
    await arm('PUT', diskId(name), {
      location: 'westeurope',
      ...disk,
      ...(isRedundant ? {} : { zones }),
      properties: { ...others, diskSizeGB: 1, creationData: { ...creationData, createOption: 'Empty' } },
    });
    return diskId(name);
  }

  async function makeInterface(name: string, { tags, ...properties }: Wire): Promise<string> {
    const plain = [
      {
        name: 'primary',
        properties: {
          primary: true,
          subnet: { id: `${inGroup}/Microsoft.Network/virtualNetworks/v/subnets/s` },
        },
      },
    ];
    await arm('PUT', nicId(name), {
      location: 'westeurope',
      tags,
      properties: { ipConfigurations: plain, ...properties },
    });
    return nicId(name);
  }

  return {
    arm,
    diskId,
    async diskNames(): Promise<unknown[]> {
      const { value } = await arm('GET', `${inGroup}/Microsoft.Compute/disks`);
      return (value as Wire[]).map(({ name }) => name).sort();
    },
    async powerOf(name: string): Promise<string> {
      // biome-ignore lint/suspicious/noExplicitAny: ARM documents of every shape
      const { statuses }: any = await arm('GET', `${vmId(name)}/instanceView`);
      const codes: string[] = statuses.map(({ code }: { code: string }) => code);
      return codes.find((code) => code.startsWith('PowerState/'))?.slice('PowerState/'.length) ?? '';
    },
    subnetId: `${inGroup}/Microsoft.Network/virtualNetworks/v/subnets/s`,
    fault: (operation: string, effect: object, more: object = {}) =>
      requestJson('POST', `${url}/emulator/faults`, { operation, count: 1, effect, ...more }),
    async state(): Promise<{ collections: { id: string }[]; restorePoints: object[] }> {
      const { body } = await requestJson('GET', `${url}/emulator/state`);
      return body as { collections: { id: string }[]; restorePoints: object[] };
    },
    /** From here on the OS disk of a VM lives on its host. */
    ephemeral: (name: string) =>
      arm('PATCH', vmId(name), {
        properties: {
          storageProfile: {
            osDisk: { managedDisk: { id: diskId(`${name}-os`) }, diffDiskSettings: { option: 'Local' } },
          },
        },
      }),
    settings: (changes: object) => requestJson('PATCH', `${url}/emulator/settings`, changes),
    /** Makes a VM that `backup-policy` protects. */
    async make(name: string, { os, vm, osDisk = {}, data = [], interfaces = [{}] }: VmShape): Promise<void> {
      const system = { properties: {}, ...osDisk } as Wire & { properties: Wire };
      const osProperties = { osType: os, hyperVGeneration: 'V2', ...system.properties };
      const os_ = await makeDisk(`${name}-os`, { ...system, properties: osProperties }, vm.zones);
      const dataDisks = [];
      for (const { disk, ...place } of data) {
        const id = await makeDisk(`${name}-${place.lun}`, disk, vm.zones);
        dataDisks.push({ ...place, createOption: 'Attach', managedDisk: { id } });
      }
      const nics = [];
      for (const [index, nic] of interfaces.entries()) {
        const id = await makeInterface(`${name}-nic-${index}`, nic);
        nics.push({ id, properties: { primary: index === 0 } });
      }
      const { osProfile, storageProfile, ...properties } = vm.properties;
      await arm('PUT', vmId(name), {
        location: 'westeurope',
        ...vm,
        tags: { ...(vm.tags as Wire | undefined), 'backup-policy': 'daily' },
        properties: {
          ...properties,
          storageProfile: {
            ...(storageProfile as Wire | undefined),
            osDisk: { osType: os, createOption: 'Attach', caching: 'ReadWrite', managedDisk: { id: os_ } },
            dataDisks,
          },
          networkProfile: { networkInterfaces: nics },
        },
      });
      // A VM that Azure made of an image has one; what is made of a disk cannot be given one.
      if (osProfile) await arm('PATCH', vmId(name), { properties: { osProfile } });
    },
    async whole(name: string): Promise<WholeVm> {
      // biome-ignore lint/suspicious/noExplicitAny: ARM documents of every shape
      const vm: any = await arm('GET', vmId(name));
      const { osDisk, dataDisks } = vm.properties.storageProfile;
      const disks = new Map<number, Wire>();
      for (const { lun = -1, managedDisk } of [osDisk, ...dataDisks]) {
        disks.set(lun, await arm('GET', managedDisk.id));
      }
      const interfaces: Wire[] = [];
      for (const { id } of vm.properties.networkProfile.networkInterfaces)
        interfaces.push(await arm('GET', id));
      return { vm, disks, interfaces };
    },
    async remove(name: string, interfaces: number): Promise<void> {
      await arm('DELETE', vmId(name));
      for (let index = 0; index < interfaces; index++) await arm('DELETE', nicId(`${name}-nic-${index}`));
    },
  };
}
export type ShapedAzure = ReturnType<typeof shapedAzure>;
