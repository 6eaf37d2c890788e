import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Tables } from '../../../local/compute-emulator/cloud/model';
import { type ComputeEmulator, startComputeEmulator } from '../../../local/compute-emulator/start';
import { openDocumentStore } from '../../../local/compute-emulator/store/document-store';

const MIB = 1024 * 1024;

export interface SimulatedVm {
  name: string;
  os: 'Linux' | 'Windows';
  /** Value of the tag `backup-policy`. */
  policy: string;
  powerState?: 'running' | 'deallocated';
  dataDisk?: boolean;
}

/** What the emulator tells of all that exists, as far as tests look at it. */
export interface AzureState {
  vms: { name: string; powerState: string; disks: { name: string }[] }[];
  disks: { name: string }[];
  restorePoints: { vm: string; name: string }[];
  snapshots: { name: string }[];
  grants: unknown[];
}

/** The compute emulator with a clock of the test's, and with VMs that come and go. */
export interface SimulatedAzure {
  url: string;
  subscriptionId: string;
  add(vms: SimulatedVm[]): Promise<void>;
  remove(name: string): Promise<void>;
  stopVm(name: string): Promise<void>;
  /** A guest overwrites its OS disk with other content. */
  write(name: string, seed: number): Promise<void>;
  /** Somebody writes to the image file below an OS disk, which nobody may. */
  changeImageBelow(name: string): void;
  /** Makes something go wrong, as the emulator's route takes it. */
  fault(fault: object): Promise<void>;
  clearFaults(): Promise<void>;
  /** All that exists, in short. */
  state(): Promise<AzureState>;
  /** Names of the disks that belong to a VM. */
  attachedDisks(): Promise<string[]>;
  /** What exists that costs money or exposes data: snapshots by VM, and open disk access. */
  leftovers(): Promise<{ snapshots: { vm: string; name: string }[]; grants: unknown[] }>;
  close(): Promise<void>;
}

export async function startSimulatedAzure(folder: string, clock: () => Date): Promise<SimulatedAzure> {
  mkdirSync(folder, { recursive: true });
  const stateDir = path.join(folder, 'state');
  const fleetFile = path.join(folder, 'fleet.json');
  const fleet: unknown[] = [];
  let port = 0;
  let emulator: ComputeEmulator;

  async function start(): Promise<void> {
    writeFileSync(fleetFile, JSON.stringify({ vms: fleet }));
    emulator = await startComputeEmulator({ stateDir, fleet: fleetFile, clock, port });
    port = Number(new URL(emulator.url).port);
  }
  /** VMs change between two lives of the emulator, which has no way of its own to make or delete one. */
  async function change(edit: () => void): Promise<void> {
    await emulator.close();
    edit();
    await start();
  }
  function editVm(name: string, edit: (vm: Tables['vms']) => Tables['vms'] | null): void {
    const store = openDocumentStore<Tables>(stateDir);
    for (const vm of store.list('vms').filter((one) => one.name === name)) {
      store.commit([{ table: 'vms', key: vm.id.toLowerCase(), value: edit(vm) }]);
    }
    store.close();
  }
  const admin = async (method: string, route: string, body?: unknown) => {
    const answer = await fetch(`${emulator.url}/emulator${route}`, { method, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${route}: ${answer.status} ${await answer.text()}`);
    return answer.status === 204 ? undefined : answer.json();
  };

  const state = async () => (await admin('GET', '/state')) as AzureState;

  await start();
  return {
    get url() {
      return emulator.url;
    },
    get subscriptionId() {
      return emulator.subscriptionId;
    },
    add: (vms) => change(() => void fleet.push(...vms.map((vm) => fleetVm(folder, vm)))),
    remove: (name) =>
      change(() => {
        const index = fleet.findIndex((vm) => (vm as { name: string }).name === name);
        fleet.splice(index, 1);
        editVm(name, () => null);
      }),
    stopVm: (name) => change(() => editVm(name, (vm) => ({ ...vm, powerState: 'deallocated' }))),
    async write(name, seed) {
      const image = writeImage(folder, `${name}-write`, seed);
      await admin('POST', `/vms/${name}/disks/-1/image`, { image });
    },
    changeImageBelow: (name) => void writeImage(folder, `${name}-os`, 4711),
    fault: async (fault) => void (await admin('POST', '/faults', fault)),
    clearFaults: async () => void (await admin('DELETE', '/faults')),
    state,
    attachedDisks: async () => (await state()).vms.flatMap(({ disks }) => disks.map(({ name }) => name)),
    async leftovers() {
      const { grants, restorePoints, snapshots: ofDisks } = await state();
      const snapshots = restorePoints.map(({ vm, name }) => ({ vm, name }));
      return {
        snapshots: [...snapshots, ...ofDisks.map(({ name }) => ({ vm: '', name }))],
        grants,
      };
    },
    close: () => emulator.close(),
  };
}

function fleetVm(
  folder: string,
  { name, os, policy, powerState = 'running', dataDisk = false }: SimulatedVm,
) {
  const osDisk = { lun: -1, image: writeImage(folder, `${name}-os`, name.length) };
  const data = { lun: 0, image: writeImage(folder, `${name}-data`, name.length + 1) };
  return {
    name,
    os,
    powerState,
    tags: { 'backup-policy': policy },
    disks: dataDisk ? [osDisk, data] : [osDisk],
  };
}

/** A disk of one MiB in which a few pages hold data. */
function writeImage(folder: string, name: string, seed: number): string {
  const image = Buffer.alloc(MIB);
  for (let page = 0; page < 16; page++)
    image.fill(`${name} ${seed} ${page};`, page * 65_536, page * 65_536 + 512);
  const file = path.join(folder, `${name}.img`);
  writeFileSync(file, image);
  return file;
}
