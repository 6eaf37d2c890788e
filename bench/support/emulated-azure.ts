import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { type EmulatorClient, emulatorClient } from '../../client/emulator-client';
import { type Part, startPart } from '../../local/process/part';
import { compiled } from '../../local/process/project-root';
import { type Compute, connectCompute } from '../../src/compute/arm/connection';
import type { Operation } from '../../src/compute/arm/operation';
import type { VmRef } from '../../src/compute/arm/resource-id';
import { closeDiskAccess } from '../../src/compute/disks/disk-access';
import type { Snapshot } from '../../src/compute/snapshots/snapshot';
import { takeSnapshot } from '../../src/compute/snapshots/take-snapshot';

const RESOURCE_GROUP = 'bench';

/** A disk of a VM of the benchmark: an image, or an empty disk. */
export type BenchDisk = { lun: number } & ({ image: string } | { sizeBytes: number });

export interface BenchVm {
  name: string;
  disks: BenchDisk[];
  tags?: Record<string, string>;
  powerState?: 'running' | 'deallocated';
}

/** A connection to an emulated Azure through the real SDK. */
export interface AzureClient {
  url: string;
  subscriptionId: string;
  compute: Compute;
  admin: EmulatorClient;
  ref(vm: string): VmRef;
  /** Takes a crash-consistent snapshot. */
  snapshot(vm: string, jobId: string): Promise<Snapshot>;
  /**
   * Ends the access to disks that other processes were granted: Azure allows five snapshots of a disk at a
   * time.
   */
  endAccess(...sourceIds: (string | undefined)[]): Promise<void>;
  /** Gives the connections back. */
  close(): void;
}

/** The compute emulator in a process of its own. */
export interface EmulatedAzure extends AzureClient {
  pid: number;
  stop(): Promise<void>;
}

/** Writes a fleet file of stopped Linux VMs. */
export function writeFleet(file: string, vms: BenchVm[]): void {
  const fleet = vms.map((vm) => ({
    resourceGroup: RESOURCE_GROUP,
    os: 'Linux',
    powerState: 'deallocated',
    ...vm,
  }));
  writeFileSync(file, JSON.stringify({ vms: fleet }));
}

/** Starts the emulator with these VMs and its state in `folder`. */
export async function startEmulatedAzure(folder: string, vms: BenchVm[]): Promise<EmulatedAzure> {
  const fleet = path.join(folder, 'fleet.json');
  writeFleet(fleet, vms);
  const part: Part = await startPart({
    name: 'The compute emulator',
    script: compiled('local', 'compute-emulator', 'main.js'),
    args: ['--state', path.join(folder, 'emulator'), '--fleet', fleet],
    logFile: path.join(folder, 'emulator.log'),
  });
  const client = azureClient(part.ready.url, part.ready.subscriptionId ?? '');
  return {
    ...client,
    pid: part.pid,
    async stop() {
      client.close();
      await part.stop();
    },
  };
}

/** Connects to an emulator that runs. */
export function azureClient(url: string, subscriptionId: string): AzureClient {
  const compute = connectEmulated(url, subscriptionId);
  const ref = (name: string): VmRef => ({ subscriptionId, resourceGroup: RESOURCE_GROUP, name });
  return {
    url,
    subscriptionId,
    compute,
    admin: emulatorClient(url),
    ref,
    snapshot: (vm, jobId) =>
      completed(takeSnapshot, compute, {
        ref: ref(vm),
        jobId,
        os: 'Linux',
        running: false,
        consistency: 'crash',
        fallbackAllowed: true,
      }),
    async endAccess(...sourceIds) {
      for (const sourceId of sourceIds) if (sourceId) await completed(closeDiskAccess, compute, { sourceId });
    },
    close: () => compute.dataPlane.close(),
  };
}

export const connectEmulated = (endpoint: string, subscriptionId: string): Compute =>
  connectCompute({ endpoint, allowInsecureLoopback: true, subscriptions: [subscriptionId] });

/** Does what an orchestrator does with a step, without its timers: asks until it is done. */
export async function completed<I, T>(
  step: (compute: Compute, input: I, token?: string) => Promise<Operation<T>>,
  compute: Compute,
  input: I,
): Promise<T> {
  let operation = await step(compute, input);
  for (let asked = 0; !operation.done; asked += 1) {
    if (asked > 1000) throw new Error('A step of the emulated Azure does not end.');
    operation = await step(compute, input, operation.token);
  }
  return operation.result;
}
