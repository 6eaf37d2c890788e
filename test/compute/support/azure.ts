import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ComputeEmulator, startComputeEmulator } from '../../../local/compute-emulator/start';
import { type Compute, connectCompute } from '../../../src/compute/arm/connection';
import type { Operation } from '../../../src/compute/arm/operation';
import type { VmRef } from '../../../src/compute/arm/resource-id';

export const MIB = 2 ** 20;

/** Something that goes wrong on demand in the emulator. */
export interface Fault {
  operation: string;
  resource?: string;
  count?: number | null;
  skip?: number;
  effect: { kind: string } & Record<string, unknown>;
}

/** What the emulator shows of its inside. */
export interface AzureState {
  vms: { name: string; powerState: string; facts: Record<string, unknown>; extensions: { name: string }[] }[];
  disks: { name: string; sizeBytes: number; diskState: string; id: string }[];
  restorePoints: {
    id: string;
    vm: string;
    name: string;
    consistencyMode: string;
    provisioningState: string;
  }[];
  collections: { name: string }[];
  snapshots: { id: string; name: string }[];
  grants: { resourceId: string; access: string }[];
}

/** An emulated Azure and a connection to it through the real SDK. */
export interface Azure {
  emulator: ComputeEmulator;
  compute: Compute;
  stateDir: string;
  ref(name: string): VmRef;
  state(): Promise<AzureState>;
  fault(fault: Fault): Promise<void>;
  clearFaults(): Promise<void>;
  guest(vm: string, changes: object): Promise<void>;
  settings(changes: object): Promise<void>;
  /** Makes the disk of a VM equal to these bytes, as its guest would write them. */
  guestWrites(vm: string, lun: number, bytes: Buffer): Promise<void>;
  /** How often each operation was asked for, and how many of these requests were refused with 429. */
  calls(): Promise<Record<string, { calls: number; throttled: number }>>;
  /** Lets time pass in the emulator. */
  advance(seconds: number): void;
  /** SHA-256 of a managed disk's bytes, in hex. */
  sha256Of(disk: string): Promise<string>;
  close(): Promise<void>;
}

export interface FleetVm {
  name: string;
  os: 'Windows' | 'Linux';
  powerState?: string;
  tags?: Record<string, string>;
  guest?: object;
  zones?: string[];
  disks: ({ lun: number; content?: Buffer; sparse?: SparseContent } & Record<string, unknown>)[];
}

/** A large disk with little in it. */
export interface SparseContent {
  sizeBytes: number;
  pieces: { offset: number; bytes: Buffer }[];
}

export const RESOURCE_GROUP = 'Prod';

/** Starts an Azure with these VMs, in a folder of its own. */
export async function startAzure(vms: FleetVm[]): Promise<Azure> {
  const folder = mkdtempSync(join(tmpdir(), 'compute-test-'));
  const stateDir = join(folder, 'state');
  const fleet = join(folder, 'fleet.json');
  writeFileSync(fleet, JSON.stringify({ vms: vms.map((vm) => withImages(vm, folder)) }));
  let ahead = 0;
  const clock = () => new Date(Date.now() + ahead * 1000);
  const emulator = await startComputeEmulator({ stateDir, fleet, clock });
  const compute = connectCompute({
    endpoint: emulator.url,
    allowInsecureLoopback: true,
    subscriptions: [emulator.subscriptionId],
  });
  const admin = async (method: string, path: string, body?: object) => {
    const answer = await fetch(`${emulator.url}/emulator/${path}`, {
      method,
      body: body && JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text);
  };
  let images = 0;
  return {
    emulator,
    compute,
    stateDir,
    ref: (name) => ({ subscriptionId: emulator.subscriptionId, resourceGroup: RESOURCE_GROUP, name }),
    state: () => admin('GET', 'state'),
    fault: (fault) => admin('POST', 'faults', fault),
    clearFaults: () => admin('DELETE', 'faults'),
    guest: (vm, changes) => admin('PATCH', `vms/${vm}/guest`, changes),
    settings: (changes) => admin('PATCH', 'settings', changes),
    async guestWrites(vm, lun, bytes) {
      const image = join(folder, `write-${images++}.img`);
      writePieces(image, sparseOf(bytes));
      await admin('POST', `vms/${vm}/disks/${lun}/image`, { image });
    },
    calls: () => admin('GET', 'calls'),
    sha256Of: async (disk) => (await admin('GET', `disks/${disk}/sha256`)).sha256,
    advance(seconds) {
      ahead += seconds;
    },
    async close() {
      compute.dataPlane.close();
      await emulator.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function withImages(vm: FleetVm, folder: string) {
  const disks = vm.disks.map(({ content, sparse, ...disk }) => {
    if (!content && !sparse) return disk;
    const image = join(folder, `${vm.name}-${disk.lun}.img`);
    writePieces(image, sparse ?? sparseOf(content ?? Buffer.alloc(0)));
    return { ...disk, image };
  });
  return { resourceGroup: RESOURCE_GROUP, ...vm, disks };
}

/** Zeros become holes, so that the disk made of the file has unallocated pages. */
function sparseOf(content: Buffer): SparseContent {
  const pieces = [];
  for (let offset = 0; offset < content.length; offset += 4096) {
    const bytes = content.subarray(offset, offset + 4096);
    if (bytes.some((byte) => byte !== 0)) pieces.push({ offset, bytes });
  }
  return { sizeBytes: content.length, pieces };
}

function writePieces(path: string, { sizeBytes, pieces }: SparseContent): void {
  const file = openSync(path, 'w');
  ftruncateSync(file, sizeBytes);
  for (const { offset, bytes } of pieces) writeSync(file, bytes, 0, bytes.length, offset);
  closeSync(file);
}

/**
 * What an orchestrator does with a step, without its timers: asks until it is done. Returns the waits it was
 * asked for.
 */
export async function complete<I, T>(
  step: (compute: Compute, input: I, token?: string) => Promise<Operation<T>>,
  compute: Compute,
  input: I,
): Promise<{ result: T; waits: number[]; tokens: string[] }> {
  const waits: number[] = [];
  const tokens: string[] = [];
  let operation = await step(compute, input);
  while (!operation.done) {
    if (waits.push(operation.retryAfterSeconds) > 200) throw new Error('The step does not end.');
    tokens.push(operation.token);
    operation = await step(compute, input, operation.token);
  }
  return { result: operation.result, waits, tokens };
}

/** The failure that `act` ends with, as its JSON-safe value. */
export async function failureOf(act: Promise<unknown>) {
  const error = await act.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof Error && 'failure' in error)
    return error.failure as { code: string; message: string; step: string };
  throw error ?? new Error('Nothing failed.');
}
