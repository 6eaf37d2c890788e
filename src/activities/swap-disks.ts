import { readReplacement } from '../backup/restore-documents';
import { swapDisks } from '../compute/swap-disks';
import { registerActivity } from './register-activity';

registerActivity('swapDisks', async ({ jobId, token }, { compute, store }) => {
  const { vm, before, after } = await readReplacement(store, jobId);
  return swapDisks(compute, { ...vm, slots: after, from: before, onlyWhenOff: true }, token);
});
