import { swapDisks } from '../../compute/restore/swap-disks';
import { commitRestore } from '../../restore/complete-restore';
import { readReplacement } from '../../restore/restore-documents';
import { registerActivity } from '../register-activity';

/** Once the last disk is swapped the restore counts. */
registerActivity('swapDisks', async ({ jobId, token }, { compute, store }) => {
  const { vm, before, after } = await readReplacement(store, jobId);
  const swap = await swapDisks(compute, { ...vm, slots: after, from: before, onlyWhenOff: true }, token);
  if (swap.done) await commitRestore(store, jobId);
  return swap;
});
