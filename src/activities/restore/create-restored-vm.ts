import { createRestoredVm } from '../../compute/restore/restored-vm';
import { readRestoredDisks } from '../../restore/restore-documents';
import { restoredVmModel } from '../../restore/restored-vm-model';
import { readPointInUse } from '../../vault/points';
import { registerActivity } from '../register-activity';

/** The configuration of a VM is too large for a history: it is read from the point. */
registerActivity(
  'createRestoredVm',
  async ({ token, jobId, ref, pointId, ...order }, { compute, store, vault }) => {
    const disks = await readRestoredDisks(store, jobId);
    const model = restoredVmModel(await readPointInUse(vault, pointId), { ...order, disks });
    return createRestoredVm(compute, { jobId, ref, model }, token);
  },
);
