import { listTransfers } from '../../backup/run-documents';
import { registerActivity } from '../register-activity';

registerActivity('listTransfers', async ({ jobId, ...page }, { store }) => ({
  transfers: await listTransfers(store, jobId, page),
}));
