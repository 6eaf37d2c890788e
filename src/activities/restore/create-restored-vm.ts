import { createRestoredVm } from '../../compute/restore/restored-vm';
import { readInterfaces, readRestoredDisks } from '../../restore/restore-documents';
import { restoredVmModel } from '../../restore/restored-vm-model';
import { readPointInUse } from '../../vault/points';
import { registerActivity } from '../register-activity';

/** The configuration of a VM is too large for a history: it is read from the point. */
registerActivity(
  'createRestoredVm',
  async ({ token, jobId, ref, pointId, to }, { compute, store, vault }) => {
    const disks = await readRestoredDisks(store, jobId);
    const interfaces = await readInterfaces(store, jobId);
    const made = restoredVmModel(await readPointInUse(vault, pointId), to, { disks, interfaces });
    return createRestoredVm(compute, { jobId, ref, ...made }, token);
  },
);
