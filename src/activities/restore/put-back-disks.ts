import { swapDisks } from '../../compute/restore/swap-disks';
import { readReplacement } from '../../restore/restore-documents';
import { registerActivity } from '../register-activity';

/**
 * The way back of `swapDisks`, which no cancellation stops. Disks that came off before somebody started the
 * VM go back while it runs.
 */
registerActivity('putBackDisks', async ({ jobId, token }, { compute, store }) => {
  const { vm, before, after } = await readReplacement(store, jobId);
  return swapDisks(compute, { ...vm, slots: before, from: after, onlyWhenOff: false }, token);
});
