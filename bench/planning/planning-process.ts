import type { DurableClient } from 'durable-functions';
import { releaseAbandonedVms } from '../../src/orchestration/client/release-abandoned-vms';
import { claimNextBackup } from '../../src/protection/claim-next';
import { enrolFleet } from '../../src/protection/fleet';
import { planFleet } from '../../src/protection/plan-fleet';
import { countQueuedBackups } from '../../src/protection/queued-backup';
import { connectServices, type Services } from '../../src/services';
import { readSettings } from '../../src/settings';
import { listen } from './conversation';

/** A durable client that knows no instance, in the words of the SDK. */
const NOTHING_RUNS = {
  getStatus: () => Promise.reject(new Error('The operation failed: replied with HTTP 404 response.')),
} as unknown as DurableClient;

/** A process of the app that starts now, and does what the scheduler and a lane do when they are told to. */
let services: Services;
let turn = 0;

listen({
  async connect() {
    services = await connectServices(readSettings(process.env));
    return '';
  },
  async plan() {
    const fleet = await enrolFleet(services, (error) => {
      throw error;
    });
    const refuse = (message: string) => {
      throw new Error(message);
    };
    await releaseAbandonedVms(services, NOTHING_RUNS, fleet, { warn: refuse, error: refuse });
    const { due } = await planFleet(services, fleet);
    const queued = await countQueuedBackups(services.store);
    return `${fleet.vms.size} VMs, ${due.length + queued} due`;
  },
  async claim() {
    turn += 1;
    return (await claimNextBackup(services, `lane-0.${process.pid}.${turn}`))?.vmKey ?? 'nothing';
  },
});
