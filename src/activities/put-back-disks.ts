import { readReplacement } from '../backup/restore-documents';
import { swapDisks } from '../compute/swap-disks';
import { registerActivity } from './register-activity';

/** The way back of `swapDisks`, which no cancellation stops. */
registerActivity('putBackDisks', async ({ jobId, token }, { compute, store }) => {
  const { vm, before, after } = await readReplacement(store, jobId);
  return swapDisks(compute, { ...vm, slots: before, from: after }, token);
});
