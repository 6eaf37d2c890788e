import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Compute } from '../../src/compute/arm/connection';
import type { Operation } from '../../src/compute/arm/operation';
import { closeDiskAccess, openDiskAccess } from '../../src/compute/disks/disk-access';
import { openDiskSource } from '../../src/compute/disks/disk-source';
import { ensureExtension } from '../../src/compute/guest/extension';
import { readWindowsState } from '../../src/compute/guest/windows-state';
import { removeSnapshot } from '../../src/compute/snapshots/remove-snapshot';
import { takeSnapshot } from '../../src/compute/snapshots/take-snapshot';
import { captureConfiguration } from '../../src/compute/vms/configuration';
import { discoverVms } from '../../src/compute/vms/discover';
import { inspectVm } from '../../src/compute/vms/inspect';
import { BackupError } from '../../src/failures/failure';
import { type Azure, MIB, startAzure } from './support/azure';
import { readRange } from './support/read-range';
import { type VirtualTime, virtualTime } from './support/virtual-time';

const VMS = 50;
let azure: Azure;
let time: VirtualTime;
/** Everything that would land in a history. */
const history: unknown[] = [];

beforeAll(async () => {
  azure = await startAzure(
    Array.from({ length: VMS }, (_, at) => ({
      name: `vm-${at}`,
      os: at % 2 === 0 ? ('Windows' as const) : ('Linux' as const),
      disks: [
        { lun: -1, sizeBytes: MIB },
        { lun: 0, sizeBytes: MIB },
      ],
    })),
  );
  time = virtualTime((seconds) => azure.advance(seconds));
});
afterAll(() => azure.close());

/** What the orchestrator does with a step: durable timers between polls. */
async function step<I, T>(
  call: (compute: Compute, input: I, token?: string) => Promise<Operation<T>>,
  input: I,
): Promise<T> {
  let operation = await call(azure.compute, input);
  while (!operation.done) {
    history.push(operation);
    await time.sleep(operation.retryAfterSeconds);
    operation = await call(azure.compute, input, operation.token);
  }
  history.push(operation);
  return operation.result;
}

/** What the orchestrator does with an activity that is told to come back later. */
async function untilServed<T>(call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof BackupError) || error.failure.code !== 'TooManyRequests') throw error;
      history.push(error.failure);
      await time.sleep(error.failure.retryAfterSeconds ?? 10);
    }
  }
}

async function backUp(name: string): Promise<string> {
  const { compute } = azure;
  const ref = azure.ref(name);
  const vm = await untilServed(() => inspectVm(compute, ref));
  await untilServed(() => captureConfiguration(compute, vm));
  await step(ensureExtension, { ref, os: vm.os });
  if (vm.os === 'Windows') await step(readWindowsState, { ref });
  const { os, running } = vm;
  const asked = {
    consistency: os === 'Windows' ? 'application' : 'file-system',
    fallbackAllowed: true,
  } as const;
  const snapshot = await step(takeSnapshot, { ref, jobId: `job-${name}`, os, running, ...asked });
  for (const { sourceId } of snapshot.disks) {
    await step(openDiskAccess, { sourceId, access: 'Read' });
    const source = await openDiskSource(compute, { sourceId });
    history.push(await source.allocatedRanges());
    await readRange(source, { offset: 0, length: 4096 });
    await step(closeDiskAccess, { sourceId });
  }
  if (vm.os === 'Windows') await step(readWindowsState, { ref });
  await step(removeSnapshot, snapshot);
  return snapshot.consistency.reached;
}

describe('fifty VMs backed up at once', () => {
  it('all finish under the request budgets of Azure, without one call that Azure had to refuse', async () => {
    // Polling every two seconds, as the service asks, would use up the budget of a VM within four minutes.
    await azure.settings({ requestLimits: true, operationSeconds: 30, retryAfterSeconds: 2 });
    const refusals = 40;
    const storm = { kind: 'refuse', status: 429, code: 'TooManyRequests', retryAfterSeconds: 30 };
    await azure.fault({ operation: 'restorePoints.create', count: refusals, effect: storm });

    const { vms: found } = await discoverVms(azure.compute);
    const levels = await time.run(
      found.map(
        ({ ref }) =>
          () =>
            backUp(ref.name),
      ),
    );
    expect(levels.filter((level) => level === 'application')).toHaveLength(VMS / 2);
    expect(levels.filter((level) => level === 'file-system')).toHaveLength(VMS / 2);

    const counts = Object.entries(await azure.calls());
    const callsOf = (name: string) => counts.find(([operation]) => operation === name)?.[1].calls;
    const throttled = counts.reduce((sum, [, one]) => sum + one.throttled, 0);
    expect(throttled).toBe(refusals);
    // Two listings find all VMs; what changes something is sent exactly once for each VM, whatever was
    // refused.
    expect(callsOf('virtualMachines.listAll')).toBe(2);
    expect(callsOf('restorePoints.create')).toBe(VMS + refusals);
    expect(callsOf('restorePoints.delete')).toBe(VMS);
    expect(callsOf('virtualMachineExtensions.createOrUpdate')).toBe(VMS);
    expect(await azure.state()).toMatchObject({ restorePoints: [], grants: [] });
  });

  it('leave no link to any disk in what an orchestration history would hold, nor in the state of the cloud', async () => {
    expect(history.length).toBeGreaterThan(VMS * 10);
    expect(JSON.stringify(history)).not.toMatch(/sig=|md-[0-9a-f]{6,}/);
    for (const path of filesBelow(azure.stateDir))
      expect(readFileSync(path, 'latin1')).not.toMatch(/[?&]sig=/);
  });
});

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}
