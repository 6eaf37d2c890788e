import { deleteKept } from '../../jobs/kept-documents';
import { registerActivity } from '../register-activity';

registerActivity('forgetRestore', async ({ jobId }, { store }) => {
  await deleteKept(store, jobId);
  return {};
});
