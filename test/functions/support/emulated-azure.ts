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
  /** Attaches a data disk of a VM at another LUN. */
  moveDisk(vm: string, from: number, to: number): Promise<void>;
  /** Puts a copy of a data disk in its place, which nobody can tell by its tags. */
  replaceByCopy(vm: string, lun: number): Promise<void>;
  deleteDisk(name: string): Promise<void>;
  deleteInterface(name: string): Promise<void>;
  /** Disks whose names begin so. */
  disksNamed(start: string): Promise<TaggedThing[]>;
  /** What bears this tag with this value. */
  tagged(tag: string, value: string): Promise<TaggedThing[]>;
  /** Names of all managed disks, in order. */
  disks(): Promise<string[]>;
  /** SHA-256 of the bytes of the disks that are attached to a VM, by LUN. */
  attachedBytes(name: string): Promise<Record<number, string>>;
  // biome-ignore lint/suspicious/noExplicitAny: see above
  disk(name: string): Promise<any>;
  sha256(disk: string): Promise<string>;
  fault(operation: string, effect: object, count?: number | null, skip?: number): Promise<void>;
  clearFaults(): Promise<void>;
  /** The next such operation takes for ever, or the one after so many more; settles when it is under way. */
  hold(operation: string, skip?: number): Promise<{ underWay(): Promise<void> }>;
  /** Waits until such an operation is under way, and lets it come to its end. */
  release(operation: string): Promise<void>;
  /** Lets all that takes its time come to its end, whether or not there is any. */
  endOperations(): Promise<void>;
}

export interface TaggedThing {
  kind: 'virtualMachines' | 'disks' | 'networkInterfaces';
  name: string;
  tags: Record<string, string>;
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
  /** Operations that are still under way after every fault has been used up. */
  const heldNow = async (): Promise<string[]> => {
    const { body } = await requestJson<unknown[]>('GET', `${url}/emulator/faults`);
    return body.length === 0 ? underWay() : [];
  };
  const underWay = async () => {
    const { body } = await requestJson<{ operations: { kind: string }[] }>('GET', `${url}/emulator/state`);
    return body.operations.map(({ kind }) => kind);
  };
  const compute = (method: string, path: string, body?: unknown) =>
    arm(method, `${inGroup}/Microsoft.Compute${path}`, COMPUTE_API, body);
  const interfaces = `${inGroup}/Microsoft.Network/networkInterfaces`;
  const nameOf = (id: string) => id.slice(id.lastIndexOf('/') + 1);
  const things = async (kind: TaggedThing['kind']): Promise<TaggedThing[]> => {
    const list =
      kind === 'networkInterfaces' ? arm('GET', interfaces, NETWORK_API) : compute('GET', `/${kind}`);
    return (await list).value.map(({ name, tags = {} }: TaggedThing) => ({ kind, name, tags }));
  };
  const dataDiskOf = async (vm: string, lun: number): Promise<string> => {
    const { storageProfile } = (await compute('GET', `/virtualMachines/${vm}`)).properties;
    return storageProfile.dataDisks.find((disk: { lun: number }) => disk.lun === lun).managedDisk.id;
  };
  const swapDataDisk = async (vm: string, old: string, added: { lun: number; diskId: string }) => {
    const route = `/virtualMachines/${vm}/attachDetachDataDisks`;
    await compute('POST', route, { dataDisksToDetach: [{ diskId: old }] });
    await compute('POST', route, { dataDisksToAttach: [added] });
  };
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
    async moveDisk(vm, from, to) {
      const diskId = await dataDiskOf(vm, from);
      await swapDataDisk(vm, diskId, { lun: to, diskId });
    },
    async replaceByCopy(vm, lun) {
      const diskId = await dataDiskOf(vm, lun);
      const copyOf = (sourceResourceId: string, more: object = {}) => ({
        location: 'westeurope',
        properties: { creationData: { createOption: 'Copy', sourceResourceId }, ...more },
      });
      const snapshot = await compute('PUT', '/snapshots/by-hand', copyOf(diskId, { incremental: true }));
      const copy = await compute('PUT', '/disks/by-hand', copyOf(snapshot.id));
      await compute('DELETE', '/snapshots/by-hand');
      await swapDataDisk(vm, diskId, { lun, diskId: copy.id });
    },
    deleteVm: (name) => compute('DELETE', `/virtualMachines/${name}`),
    deleteDisk: (name) => compute('DELETE', `/disks/${name}`),
    deleteInterface: (name) => arm('DELETE', `${interfaces}/${name}`, NETWORK_API),
    disksNamed: async (start) => (await things('disks')).filter(({ name }) => name.startsWith(start)),
    async tagged(tag, value) {
      const kinds = ['virtualMachines', 'networkInterfaces', 'disks'] as const;
      const all = (await Promise.all(kinds.map(things))).flat();
      return all.filter(({ tags }) => tags[tag] === value);
    },
    disks: async () =>
      (await compute('GET', '/disks')).value.map(({ name }: { name: string }) => name).sort(),
    disk: (name) => compute('GET', `/disks/${name}`),
    async attachedBytes(name) {
      const { storageProfile } = (await compute('GET', `/virtualMachines/${name}`)).properties;
      const attached = [{ ...storageProfile.osDisk, lun: -1 }, ...storageProfile.dataDisks];
      const bytes = attached.map(async ({ lun, managedDisk }) => [lun, await sha256(nameOf(managedDisk.id))]);
      return Object.fromEntries(await Promise.all(bytes));
    },
    sha256,
    async fault(operation, effect, count = 1, skip = 0) {
      await admin('POST', '/faults', { operation, count, skip, effect });
    },
    async clearFaults() {
      await admin('DELETE', '/faults');
    },
    async hold(operation, skip = 0) {
      await admin('POST', '/faults', { operation, count: 1, skip, effect: HELD });
      return {
        async underWay() {
          while (!(await heldNow()).includes(operation))
            await new Promise((resolve) => setTimeout(resolve, 15));
        },
      };
    },
    async release(operation) {
      while (!(await underWay()).includes(operation)) await new Promise((resolve) => setTimeout(resolve, 15));
      await endOperations();
    },
    endOperations,
  };
}
