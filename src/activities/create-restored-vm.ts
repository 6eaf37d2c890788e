import { readRestoredDisks } from '../backup/restore-documents';
import { restoredVmModel } from '../backup/restored-vm-model';
import { createRestoredVm } from '../compute/restored-vm';
import { readPointInUse } from '../vault/points';
import { registerActivity } from './register-activity';

/** The configuration of a VM is too large for a history: it is read from the point. */
registerActivity(
  'createRestoredVm',
  async ({ token, jobId, ref, pointId, ...order }, { compute, store, vault }) => {
    const disks = await readRestoredDisks(store, jobId);
    const model = restoredVmModel(await readPointInUse(vault, pointId), { ...order, disks });
    return createRestoredVm(compute, { jobId, ref, model }, token);
  },
);
