import { commitRestore } from '../../restore/complete-restore';
import { registerActivity } from '../register-activity';

registerActivity('commitRestore', async ({ jobId }, { store }) => {
  await commitRestore(store, jobId);
  return {};
});
