import { swapDisks } from '../../compute/restore/swap-disks';
import { readReplacement } from '../../restore/restore-documents';
import { registerActivity } from '../register-activity';

registerActivity('swapDisks', async ({ jobId, token }, { compute, store }) => {
  const { vm, before, after } = await readReplacement(store, jobId);
  return swapDisks(compute, { ...vm, slots: after, from: before, onlyWhenOff: true }, token);
});
