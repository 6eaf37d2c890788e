import { createRestoreDisk } from '../../compute/restore/restore-disk';
import { readDiskModel } from '../../restore/restore-documents';
import { registerActivity } from '../register-activity';

/** What a disk is to be is too large for a history, as is the configuration of a VM. */
registerActivity('createRestoreDisk', async ({ token, ...order }, { compute, store }) =>
  createRestoreDisk(compute, { ...order, ...(await readDiskModel(store, order)) }, token),
);
