import { claimNextBackup } from '../../src/protection/claim-next';
import { planFleet } from '../../src/protection/plan-fleet';
import { connectServices, type Services } from '../../src/services';
import { readSettings } from '../../src/settings';
import { listen } from './conversation';

/** A process of the app that starts now, and does what the scheduler and a lane do when they are told to. */
let services: Services;
let turn = 0;

listen({
  async connect() {
    services = await connectServices(readSettings(process.env));
    return '';
  },
  async plan() {
    const { vms, due } = await planFleet(services, (error) => {
      throw error;
    });
    return `${vms.size} VMs, ${due.length} due`;
  },
  async claim() {
    turn += 1;
    return (await claimNextBackup(services, `lane-0.${process.pid}.${turn}`))?.vmKey ?? 'nothing';
  },
});
