import { requestJson } from '../../../client/http';

const NETWORK_API = 'api-version=2024-05-01';
const COMPUTE_API = 'api-version=2025-04-01';

/** What a restore did to the VMs of the emulator, asked of the same ARM endpoint that the app talks to. */
export interface EmulatedAzure {
  interfaceId(name: string): string;
  subnetId: string;
  makeInterface(name: string): Promise<string>;
  interfaces(): Promise<string[]>;
  // biome-ignore lint/suspicious/noExplicitAny: ARM documents of every shape
  vm(name: string): Promise<any>;
  powerOf(name: string): Promise<string>;
  setPower(name: string, action: 'start' | 'deallocate' | 'powerOff'): Promise<void>;
  deleteVm(name: string): Promise<void>;
  deleteDisk(name: string): Promise<void>;
  deleteInterface(name: string): Promise<void>;
  /** Names of all managed disks, in order. */
  disks(): Promise<string[]>;
  /** SHA-256 of the bytes of the disks that are attached to a VM, by LUN. */
  attachedBytes(name: string): Promise<Record<number, string>>;
  sha256(disk: string): Promise<string>;
  fault(operation: string, effect: object, count?: number | null): Promise<void>;
  clearFaults(): Promise<void>;
  /** Waits until such an operation is under way, and lets it come to its end. */
  release(operation: string): Promise<void>;
  /** Lets all that takes its time come to its end, whether or not there is any. */
  endOperations(): Promise<void>;
}

/** An operation that takes longer than any test: it ends with `release`. */
export const HELD = { kind: 'late', seconds: 24 * 3600 };

/** @param group the resource group of the fleet */
export function emulatedAzure(url: string, subscription: string, group: string): EmulatedAzure {
  const inGroup = `/subscriptions/${subscription}/resourceGroups/${group}/providers`;
  // biome-ignore lint/suspicious/noExplicitAny: see above
  const arm = async (method: string, path: string, api: string, body?: unknown): Promise<any> =>
    (await requestJson(method, `${url}${path}${path.includes('?') ? '&' : '?'}${api}`, body)).body;
  const admin = (method: string, path: string, body?: unknown) =>
    requestJson(method, `${url}/emulator${path}`, body);
  const endOperations = async () => void (await admin('POST', '/operations/end'));
  const underWay = async () => {
    const { body } = await requestJson<{ operations: { kind: string }[] }>('GET', `${url}/emulator/state`);
    return body.operations.map(({ kind }) => kind);
  };
  const compute = (method: string, path: string, body?: unknown) =>
    arm(method, `${inGroup}/Microsoft.Compute${path}`, COMPUTE_API, body);
  const interfaces = `${inGroup}/Microsoft.Network/networkInterfaces`;
  const nameOf = (id: string) => id.slice(id.lastIndexOf('/') + 1);
  const sha256 = async (disk: string) =>
    ((await requestJson('GET', `${url}/emulator/disks/${disk}/sha256`)).body as { sha256: string }).sha256;
  return {
    interfaceId: (name) => `${interfaces}/${name}`,
    subnetId: `${inGroup}/Microsoft.Network/virtualNetworks/office/subnets/default`,
    async makeInterface(name) {
      const nic = await arm('PUT', `${interfaces}/${name}`, NETWORK_API, {
        location: 'westeurope',
        properties: { ipConfigurations: [] },
      });
      return nic.id;
    },
    interfaces: async () =>
      (await arm('GET', interfaces, NETWORK_API)).value.map((nic: { name: string }) => nic.name),
    vm: (name) => compute('GET', `/virtualMachines/${name}`),
    async powerOf(name) {
      const view = await compute('GET', `/virtualMachines/${name}/instanceView`);
      const codes: string[] = view.statuses.map(({ code }: { code: string }) => code);
      return nameOf(codes.find((code) => code.startsWith('PowerState')) ?? '');
    },
    setPower: (name, action) => compute('POST', `/virtualMachines/${name}/${action}`),
    deleteVm: (name) => compute('DELETE', `/virtualMachines/${name}`),
    deleteDisk: (name) => compute('DELETE', `/disks/${name}`),
    deleteInterface: (name) => arm('DELETE', `${interfaces}/${name}`, NETWORK_API),
    disks: async () =>
      (await compute('GET', '/disks')).value.map(({ name }: { name: string }) => name).sort(),
    async attachedBytes(name) {
      const { storageProfile } = (await compute('GET', `/virtualMachines/${name}`)).properties;
      const attached = [{ ...storageProfile.osDisk, lun: -1 }, ...storageProfile.dataDisks];
      const bytes = attached.map(async ({ lun, managedDisk }) => [lun, await sha256(nameOf(managedDisk.id))]);
      return Object.fromEntries(await Promise.all(bytes));
    },
    sha256,
    async fault(operation, effect, count = 1) {
      await admin('POST', '/faults', { operation, count, effect });
    },
    async clearFaults() {
      await admin('DELETE', '/faults');
    },
    async release(operation) {
      while (!(await underWay()).includes(operation)) await new Promise((resolve) => setTimeout(resolve, 15));
      await endOperations();
    },
    endOperations,
  };
}
