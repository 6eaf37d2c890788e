import { setTimeout as pause } from 'node:timers/promises';
import type { ContainerClient } from '@azure/storage-blob';
import { requestJson } from '../../client/http';
import type { BenchSystem } from '../support/whole-system';

const LOOK_EVERY_MS = 100;
const ENROL_WITHIN_MS = 120_000;
/** For the clock of the storage service, which tells whole seconds. */
const AFTER_DUE_MS = 50;

/** Has the scheduler put every VM on record, so that only backups are left to do. */
export async function enrolAll({ system }: BenchSystem, vault: ContainerClient, vms: number): Promise<void> {
  const startedAt = Date.now();
  await letSchedulerLook(system.api);
  while ((await count(vault, 'protection/')) < vms) {
    if (Date.now() - startedAt > ENROL_WITHIN_MS) throw new Error('The VMs are not on record.');
    await pause(LOOK_EVERY_MS);
  }
}

/**
 * Makes every VM due at one moment; settles when lanes have run and none does any more, or when the time is
 * over.
 */
export async function finishAll(
  { system, setDue }: BenchSystem,
  vault: ContainerClient,
  withinSeconds: number,
): Promise<{ seconds: number; succeeded: number }> {
  const due = await setDue();
  await pause(due + AFTER_DUE_MS - Date.now());
  await letSchedulerLook(system.api);
  const elapsed = () => (Date.now() - due) / 1000;
  while (!(await lanesAreThrough(system.api)) && elapsed() < withinSeconds) await pause(LOOK_EVERY_MS);
  return { seconds: elapsed(), succeeded: await count(vault, 'points/') };
}

/** As the portal runs a function by hand, instead of waiting for the next minute. */
const letSchedulerLook = (api: string) =>
  requestJson('POST', new URL('/admin/functions/scheduler', api).href, { input: '' });

/** Asks the host, not the storage account: who watches should cost next to nothing. */
async function lanesAreThrough(api: string): Promise<boolean> {
  const url = new URL('/runtime/webhooks/durabletask/instances?instanceIdPrefix=lane-&showInput=false', api);
  const lanes = (await requestJson<{ runtimeStatus: string }[]>('GET', url.href)).body;
  return lanes.length > 0 && lanes.every(({ runtimeStatus }) => runtimeStatus === 'Completed');
}

async function count(vault: ContainerClient, prefix: string): Promise<number> {
  let blobs = 0;
  for await (const _blob of vault.listBlobsFlat({ prefix })) blobs += 1;
  return blobs;
}
