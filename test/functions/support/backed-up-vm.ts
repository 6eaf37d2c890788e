import { type EmulatedAzure, emulatedAzure } from './emulated-azure';
import { type RunningApp, startRunningApp } from './running-app';

/** What a restore starts from. */
export interface BackedUpVm {
  app: RunningApp;
  azure: EmulatedAzure;
  /** Key of the VM. */
  web: string;
  /** Its only recovery point. */
  point: string;
  /** What its disks held then, by LUN. */
  bytesOfPoint: Record<number, string>;
}

/** Starts the compiled app with the VM `web`, backs it up once and writes to it afterwards. */
export async function startWithBackedUpVm(): Promise<BackedUpVm> {
  const app = await startRunningApp([{ name: 'web', os: 'Linux', policy: 'daily', dataDisk: true }]);
  try {
    const azure = emulatedAzure(app.azure.url, app.azure.subscriptionId, 'fleet');
    const web = (await app.call('GET', 'vms')).body.vms[0].key;
    const bytesOfPoint = await azure.attachedBytes('web');
    const { body } = await app.call('POST', `vms/${web}/backups`, {});
    const point = (await app.jobEnds(body.job)).recoveryPoint as string;
    await app.azure.write('web', 7);
    return { app, azure, web, point, bytesOfPoint };
  } catch (error) {
    await app.stop();
    throw error;
  }
}
